"""Tables of labeling."""

from labeling.models.active import ActiveRound
from labeling.models.annotation import Annotation, AnnotationEvent, Review
from labeling.models.campaign import Campaign, CampaignAssignee, CampaignCounter
from labeling.models.consensus import CampaignBeliefs, Consensus, PairCount
from labeling.models.gold import Gold, GoldCount
from labeling.models.item import Item

__all__ = [
    "ActiveRound",
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
    "Review",
]
