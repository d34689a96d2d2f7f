"""The weekly report of a campaign, from the figures of the manager's page."""

from core.clock import utc_now
from core.models import User
from labeling.models import Campaign
from labeling.reports.weekly import Report, weekly_report
from labeling.selectors.agreement import campaign_agreement
from labeling.selectors.overview import campaign_overview


def campaign_report(user: User, campaign: Campaign, language: str) -> Report:
    """The last seven days, today included, in one language."""
    agreement = (
        {} if campaign.consensus == Campaign.Agreement.NONE else campaign_agreement(campaign)["figures"]
    )
    overview = campaign_overview(user, campaign.pk)
    return weekly_report(campaign.name, overview, agreement, at=utc_now(), language=language)
