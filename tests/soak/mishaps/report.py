"""What a campaign found, as a section of the page and as the details for whoever mends it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from tests.soak import page
from tests.soak.mishaps.catalogue import CATALOGUE, FAMILIES
from tests.soak.mishaps.grading import Verdict
from tests.soak.mishaps.plans import Plan

EXAMPLES = 3


def report(verdicts: Sequence[Verdict], smallest: Mapping[Plan, Verdict], seconds: float) -> tuple[str, str]:
    """The section, and the details: every smallest combination with its reason and with lines that repeat it."""
    applied = Counter(name for verdict in verdicts for name in verdict.plan.mishaps)
    bad = [verdict for verdict in verdicts if verdict.lost]
    cost = Counter(name for plan in smallest for name in smallest[plan].plan.mishaps)
    errored = sum("errored" in verdict.why and "status" in verdict.lost for verdict in bad)
    lines = [
        "## Messy notebooks",
        "",
        f"**{len(verdicts):,} complete notebooks to which {sum(applied.values()):,} mishaps happened, up to "
        f"{max((len(verdict.plan.steps) for verdict in verdicts), default=0)} each: {len(bad)} lost marks that they must "
        f"not lose, {errored} of them by an error of the grader.** {seconds:,.0f} s. A mishap cost marks where it is among the "
        "fewest that still do; what is owed is known to cost marks that it should not.",
        "",
        "| family | mishap | applied | cost marks |",
        "| --- | --- | ---: | ---: |",
        *(
            f"| {one.family} | `{one.name}`: {one.about}{' (owed)' * one.owed} | {applied[one.name]} | {cost[one.name]} |"
            for family in FAMILIES
            for one in CATALOGUE.values()
            if one.family == family
        ),
        "",
        f"{page.circumstances('torch', 'hypothesis')}.",
    ]
    return "\n".join(lines), "\n".join(_details(smallest))


def _details(smallest: Mapping[Plan, Verdict]) -> list[str]:
    groups: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in smallest.values():
        groups[verdict.kind].append(verdict)
    lines = []
    for kind, found in sorted(groups.items(), key=lambda entry: -len(entry[1])):
        lines.append(f"{len(found):4} {kind}")
        for verdict in list({str(verdict.plan): verdict for verdict in found}.values())[:EXAMPLES]:
            lines += [f"       {verdict.lost}  {verdict.why}", f"       --again {str(verdict.plan)!r}"]
    return lines
