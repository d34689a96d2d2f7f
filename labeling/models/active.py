"""How the queue of a campaign was ordered by what the answers so far leave in doubt."""

from django.db import models


class ActiveRound(models.Model):
    """One time that the head of a queue was put in order. The newest is what is shown; it holds no work itself.

    `asked` is a list of `{sample, doubt, told: [[class, share], …], apart}` in order; `drawn` are the samples that came in
    by chance, `{sample: class the studio told}`: what people answer there measures it honestly.
    """

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey("labeling.Campaign", on_delete=models.CASCADE, related_name="active_rounds")
    number = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    answered = models.PositiveIntegerField(
        help_text="Items of the campaign that were answered when it was made"
    )
    labeled = models.PositiveIntegerField(help_text="Labels it was made from")
    accuracy = models.FloatField(null=True, blank=True, help_text="Share of these told right unseen")
    wrong = models.FloatField(null=True, blank=True, help_text="Expected share of errors among those asked")
    wrong_by_chance = models.FloatField(null=True, blank=True, help_text="The same among all that are open")
    asked = models.JSONField(default=list)
    drawn = models.JSONField(default=dict)

    class Meta:
        """Two workers that order at once write one round."""

        constraints = (models.UniqueConstraint(fields=("campaign", "number"), name="labeling_round_once"),)

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.number}"
