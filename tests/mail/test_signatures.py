"""What stands below answers: the brand's lines by language, and what a member adds."""

import pytest

from peakend.accounts.actions import add_member
from peakend.mail import actions, queries
from peakend.mail.actions import SignatureStale, WrongSignature
from tests.mail.conftest import House


async def test_a_signature_is_the_brands_lines_and_ones_own(house: House) -> None:
    async with house.tx() as tx:
        me = await add_member(
            tx, login="wang@example.com", name="王<海涛>", role="agent", password_hash="x"
        )

        async def shown(language: str = "zh-CN") -> queries.Signature:
            return await queries.signature_of(
                tx, brand_id=house.brand_id, member_id=me, name="王<海涛>",
                language=language,  # type: ignore[arg-type]
            )  # fmt: skip

        first = (await shown()).text
        assert first.startswith("王<海涛>\n")
        await actions.set_brand_signature(
            tx, brand_id=house.brand_id, language="zh-CN",
            body="{{ agent.name }}｜客服\r\n电话 400", version=0,
        )  # fmt: skip
        await actions.set_own_signature(tx, member_id=me, language="zh-CN", body="分机 12")
        found = await shown()
        assert found.text == "王<海涛>｜客服\n电话 400\n分机 12"
        assert found.html == "王&lt;海涛&gt;｜客服<br>电话 400<br>分机 12"
        # The other language is its own.
        assert (await shown("en")).text == first
        with pytest.raises(SignatureStale):
            await actions.set_brand_signature(
                tx, brand_id=house.brand_id, language="zh-CN", body="x", version=0
            )
        for wrong in ("{{ customer.name }}", "{% for a in b %}", "x" * 1001):
            with pytest.raises(WrongSignature):
                await actions.set_brand_signature(
                    tx, brand_id=house.brand_id, language="zh-CN", body=wrong, version=1
                )
        with pytest.raises(WrongSignature):
            await actions.set_own_signature(tx, member_id=me, language="en", body="x" * 1001)
        await actions.set_brand_signature(
            tx, brand_id=house.brand_id, language="zh-CN", body=" ", version=1
        )
        await actions.set_own_signature(tx, member_id=me, language="zh-CN", body="")
        assert (await shown()).text == first
