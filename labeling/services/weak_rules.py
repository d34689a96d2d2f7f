"""Rules over texts: kept by those who run a campaign, and applied as a source of pre-labels."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db import transaction

from core.clock import utc_now
from core.errors import InvalidInput, StaleRevision
from core.jobs.context import JobContext
from core.models import Job, User
from core.services import audit
from datasets.services.quality_texts import texts_read
from labeling.models import Campaign, PrelabelRun, WeakRules
from labeling.selectors.prelabels import samples_unanswered
from labeling.selectors.weak_rules import rules_document, rules_now, rules_saved
from labeling.services.prelabel_source import Ledger, Shapes, run_queue, shape_said
from labeling.weak.matching import Allowance, Matcher, OutOfTime, matcher_of, matches
from labeling.weak.rules import Rule, RuleRefused, rules_from
from labeling.weak.votes import MODES, Mode, class_voted, marks_joined, marks_of

# Of longer texts the beginning is read; one that takes longer than this stays without.
MAX_CHARACTERS: Final = 100_000
MAX_SECONDS: Final = 2.0
# More marks than this in one text help nobody.
MAX_MARKS: Final = 1_000


def mode_for(campaign: Campaign) -> Mode:
    """What rules say in a campaign. Raises InvalidInput where there are no texts."""
    mode = MODES.get(campaign.task)
    if mode is None:
        raise InvalidInput(
            "rules are for texts; pre-label this campaign by a model", field="campaign", task=campaign.task
        )
    return mode


def rules_sent(campaign: Campaign, raw: Any) -> tuple[Rule, ...]:
    """Rules of a request in the classes of now. Raises RuleRefused, InvalidInput."""
    mode_for(campaign)
    rules, gone = rules_now(campaign.dataset, rules_from(raw))
    if gone:
        raise RuleRefused(
            f"rule {gone[0] + 1}: its class is gone; choose another one",
            field=f"rules.{gone[0]}.label",
            rule=gone[0],
        )
    return rules


def rules_save(*, actor: User, campaign: Campaign, revision: int, raw: Any) -> WeakRules:
    """Keep these rules in place of those of `revision`. Raises RuleRefused, InvalidInput, StaleRevision."""
    rules = rules_sent(campaign, raw)
    with transaction.atomic():
        row = _locked(campaign, revision) or WeakRules(campaign=campaign, revision=0)
        row.revision += 1
        row.rules = [rule.as_json() for rule in rules]
        row.changed_by, row.changed_at = actor, utc_now()
        row.save()
        audit.record(actor, "labeling.rules.saved", campaign, project=campaign.project_id, rules=len(rules))
    return row


def rules_apply(
    *, actor: User, campaign: Campaign, revision: int, control: float = 0.0
) -> tuple[PrelabelRun, Job]:
    """Queue the saved rules over the texts nobody has answered; the run keeps them as they are now.

    Raises InvalidInput, StaleRevision, RuleRefused, CampaignClosed, PrelabelRunning.
    """
    mode_for(campaign)
    with transaction.atomic():
        saved = rules_saved(_locked(campaign, revision), campaign.dataset)
        rules = rules_sent(campaign, [rule.as_json() for rule in saved])
        if not rules:
            raise InvalidInput("there is no rule yet; write one and save it", field="rules")
        run = PrelabelRun(
            campaign=campaign,
            title=f"Rules ({len(rules)})",
            rules=[rule.as_json() for rule in rules],
            control=control,
            created_by=actor,
        )
        return run, run_queue(actor, run, "labeling.rules.applied", rules=len(rules))


def _locked(campaign: Campaign, revision: int) -> WeakRules | None:
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    row = WeakRules.objects.filter(pk=campaign.pk).first()
    if revision != (row.revision if row else 0):
        raise StaleRevision(
            "somebody else saved these rules meanwhile; nothing was overwritten",
            current=rules_document(campaign),
        )
    return row


class RulesSource:
    """As `Source`: rules that look at the texts here, chunk by chunk. A rule whose class is gone says nothing."""

    unit = "texts"

    def say(self, ctx: JobContext, ledger: Ledger) -> None:
        """As `Source`."""
        run = ledger.run
        rules, gone = rules_now(run.campaign.dataset, rules_from(run.rules))
        speaker = _Speaker(run, [rule for place, rule in enumerate(rules) if place not in gone])
        ledger.expect(samples_unanswered(run).count())
        for chunk in ledger.waiting():
            ledger.keep(list(speaker.said(ctx, chunk)))


class _Speaker:
    def __init__(self, run: PrelabelRun, rules: Sequence[Rule]) -> None:
        self._run, self._mode = run, mode_for(run.campaign)
        self._labels = [rule.label for rule in rules]
        self._matchers: list[Matcher] = [matcher_of(rule) for rule in rules]

    def said(self, ctx: JobContext, chunk: Sequence[tuple[uuid.UUID, str]]) -> Iterator[tuple[str, Shapes]]:
        texts = texts_read([sha256 for _, sha256 in chunk])
        for (sample, _), text in zip(chunk, texts, strict=True):
            ctx.check()
            told = self._told(text or "")
            yield (
                str(sample),
                [shape_said(self._run, str(sample), place, **each) for place, each in enumerate(told)],
            )

    def _told(self, text: str) -> Shapes:
        most = MAX_MARKS if self._mode is Mode.SPANS else 1
        try:
            found = matches(self._matchers, text[:MAX_CHARACTERS], Allowance(MAX_SECONDS), most=most)
        except OutOfTime:
            return []
        if self._mode is Mode.SPANS:
            marks = marks_joined(marks_of(self._labels, found))[:MAX_MARKS]
            return [
                {"kind": "span", "label": mark.label, "start": mark.start, "end": mark.end} for mark in marks
            ]
        labels = [label for label, spans in zip(self._labels, found, strict=True) if spans]
        if self._mode is Mode.SEVERAL:
            return [{"kind": "class", "label": label} for label in dict.fromkeys(labels)]
        voted = class_voted(labels)
        return [{"kind": "class", "label": voted[0], "score": voted[1]}] if voted else []
