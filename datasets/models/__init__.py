"""Tables of datasets. Nothing in them assumes images."""

from datasets.models.browse import BulkAction, BulkEdit, BulkEditRow, SavedView
from datasets.models.card import VersionCard
from datasets.models.cleaning import Cleaning, CleaningRow
from datasets.models.counter import COUNTER_SHARDS, Counter
from datasets.models.dataset import Dataset, LabelClass, Modality, Stage, Task
from datasets.models.embedding import EmbeddingMap, EmbeddingPart, EmbeddingProjection, LabelSuspicion
from datasets.models.export import VersionExport
from datasets.models.finding import Finding, SampleFinding
from datasets.models.history import AnnotationHistory
from datasets.models.import_batch import ImportBatch
from datasets.models.merge import Merge, MergeConflict
from datasets.models.recipe import Recipe, RecipeKind
from datasets.models.reference import BucketSource, Reference
from datasets.models.sample import AnnotationSource, Sample, SampleState, Split
from datasets.models.shape import Shape, ShapeKind
from datasets.models.sync import BucketSync, SyncEvery
from datasets.models.table import Table, TableChange, TableColumn, TablePart
from datasets.models.tag import SampleTag
from datasets.models.version import DatasetVersion, VersionPicture

__all__ = [
    "COUNTER_SHARDS",
    "AnnotationHistory",
    "AnnotationSource",
    "BucketSource",
    "BucketSync",
    "BulkAction",
    "BulkEdit",
    "BulkEditRow",
    "Cleaning",
    "CleaningRow",
    "Counter",
    "Dataset",
    "DatasetVersion",
    "EmbeddingMap",
    "EmbeddingPart",
    "EmbeddingProjection",
    "Finding",
    "ImportBatch",
    "LabelClass",
    "LabelSuspicion",
    "Merge",
    "MergeConflict",
    "Modality",
    "Recipe",
    "RecipeKind",
    "Reference",
    "Sample",
    "SampleFinding",
    "SampleState",
    "SampleTag",
    "SavedView",
    "Shape",
    "ShapeKind",
    "Split",
    "Stage",
    "SyncEvery",
    "Table",
    "TableChange",
    "TableColumn",
    "TablePart",
    "Task",
    "VersionCard",
    "VersionExport",
    "VersionPicture",
]
