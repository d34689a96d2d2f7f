"""What who asks for predictions shares with the process that makes them, without loading a runtime. Pure."""

from dataclasses import dataclass
from typing import Final

from training.trainer.spec import JobSpec

LISTED: Final = "listed.jsonl"
# Those of COCO.
_NAMES: Final = (
    "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,bench,"
    "bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,skis,snowboard,"
    "sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,cup,fork,knife,spoon,"
    "bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed,dining table,"
    "toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,"
    "teddy bear,hair drier,toothbrush"
)
CLASSES: Final = tuple(_NAMES.split(","))


@dataclass(frozen=True, slots=True)
class PredictSpec(JobSpec):
    """`model` is the file of an exported classifier; without one the bundled detector of `weights` runs."""

    model: str
    weights: str
    threshold: float
    count: int
    threads: int = 1
    parent_pid: int = 0
