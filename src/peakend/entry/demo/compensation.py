"""What the demo makes good with: instruments, a policy table of each brand, authority."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from peakend.complaints import actions
from peakend.entry.demo.material import content
from peakend.kernel.db import Transaction

Named = dict[str, UUID]


async def set_up_compensation(
    tx: Transaction, *, brands: Named, now: datetime, reason_id: Callable[[UUID, str], UUID]
) -> None:
    """Write down instruments, publish what holds, say who may give how much, and of how much."""
    given = content("compensation")
    instruments = {}
    for one in given["instrument"]:
        text = actions.InstrumentText(
            kind=one["kind"],
            name_zh=one["zh"],
            name_en=one["en"],
            brand_id=brands.get(one.get("brand", "")),
            face_fen=one["face_fen"],
            stock=one.get("stock"),
            valid_d=one["valid_d"],
        )
        instruments[one["slug"]] = await actions.add_instrument(tx, given=text)
    for slug, brand_id in brands.items():
        table_id = await actions.begin_draft(tx, brand_id=brand_id)
        lines = [
            actions.LineText(
                liability=one["liability"],
                severity=one["severity"],
                reason_id=reason_id(tx.organisation_id, one["reason"]) if "reason" in one else None,
                instrument_id=instruments[one["instrument"]],
                amount=one["amount"],
                words_zh=one["zh"],
                words_en=one["en"],
                needs_approval=one.get("needs_approval", False),
            )
            for one in given["scheme"]
            if slug in one["brands"]
        ]
        await actions.keep_draft(
            tx, table_id=table_id, given=actions.DraftText(edit=1, hold_out_share=0, lines=lines)
        )
        await actions.publish(tx, table_id=table_id, edit=2)
    for one in given["authority"]:
        names = actions.LimitsText.__struct_fields__
        limits = actions.LimitsText(**{name: one[name] for name in names})
        await actions.set_authority(
            tx, given=actions.AuthorityText(subject="role", role=one["role"], limits=limits)
        )
    this = now.date().replace(day=1)
    for month in ((this - timedelta(days=1)).replace(day=1), this):
        for one in given["budget"]:
            await actions.set_budget(
                tx,
                brand_id=brands[one["brand"]],
                month=month,
                amount_fen=one["amount_fen"],
                hard=one["hard"],
                version=None,
            )
