"""Tables of labeling."""

from labeling.models.annotation import Annotation, AnnotationEvent, Review
from labeling.models.campaign import Campaign, CampaignAssignee, CampaignCounter
from labeling.models.consensus import CampaignBeliefs, Consensus, PairCount
from labeling.models.gold import Gold, GoldCount
from labeling.models.item import Item
from labeling.models.prelabel import Prelabel, PrelabelRun

__all__ = [
    "Annotation",
    "AnnotationEvent",
    "Campaign",
    "CampaignAssignee",
    "CampaignBeliefs",
    "CampaignCounter",
    "Consensus",
    "Gold",
    "GoldCount",
    "Item",
    "PairCount",
    "Prelabel",
    "PrelabelRun",
    "Review",
]
