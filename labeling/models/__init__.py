"""Tables of labeling."""

from labeling.models.acceptance import Acceptance, AcceptanceItem
from labeling.models.active import ActiveRound
from labeling.models.annotation import Annotation, AnnotationEvent, Review
from labeling.models.campaign import Campaign, CampaignAssignee, CampaignCounter
from labeling.models.consensus import CampaignBeliefs, Consensus, PairCount
from labeling.models.gold import Gold, GoldCount
from labeling.models.guideline import GuidelineExample, GuidelineVersion
from labeling.models.item import Item
from labeling.models.learning import Learning, LearningRound
from labeling.models.prelabel import Prelabel, PrelabelRun
from labeling.models.question import Comment, Question
from labeling.models.weak import WeakRules

__all__ = [
    "Acceptance",
    "AcceptanceItem",
    "ActiveRound",
    "Annotation",
    "AnnotationEvent",
    "Campaign",
    "CampaignAssignee",
    "CampaignBeliefs",
    "CampaignCounter",
    "Comment",
    "Consensus",
    "Gold",
    "GoldCount",
    "GuidelineExample",
    "GuidelineVersion",
    "Item",
    "Learning",
    "LearningRound",
    "PairCount",
    "Prelabel",
    "PrelabelRun",
    "Question",
    "Review",
    "WeakRules",
]
