"""What stands above an article in a Markdown file, and a folder of such files as articles."""

import pytest

from peakend.knowledge.rules.front_matter import FrontWrong, above, front_of
from peakend.knowledge.rules.markdown_files import Folder, MarkdownFile


def test_values_are_read_as_they_are_written() -> None:
    text = (
        "---\ntitle: 1.10\ndraft: no\ndate: 2024-01-02\nTags: [a, 'b c']\nquestions:\n"
        '  - 退款多久\n  - "到账: 几天"\nnested:\n  deep: {x: 1}\n  y: 2\nempty:\n---\n\n正文\n'
    )
    front = front_of(text)
    assert front.fields == {
        "title": "1.10", "draft": "no", "date": "2024-01-02", "tags": ["a", "b c"],
        "questions": ["退款多久", "到账: 几天"], "empty": "",
    }  # fmt: skip
    assert (front.lines["title"], front.lines["questions"], front.body) == (2, 6, "正文")
    assert text.split("\n")[front.body_line - 1] == "正文"


def test_toml_and_nothing_at_all() -> None:
    front = front_of('+++\r\ntitle = "退款"\r\nweight = 3\r\ndraft = true\r\n+++\r\n正文')
    assert front.fields == {"title": "退款", "weight": "3", "draft": "true"}
    assert (front.lines["weight"], front.body, front.body_line) == (3, "正文", 6)
    assert front_of("\n\n# 标题\n").body_line == 3


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: x\n正文", 1),
        ("---\na: &x 1\nb: *x\n---\n", 3),
        ("---\ntitle: 'x\n---\n", 2),
        ("---\n- a\n---\n", 2),
        ("---\na: " + "[" * 3000 + "\n---\n", 2),
        ("---\ntitle: " + "x" * 70_000 + "\n---\n", 1),
        ("+++\na = \n+++\n", 2),
    ],
)
def test_what_cannot_be_read_says_where(text: str, line: int) -> None:
    with pytest.raises(FrontWrong) as wrong:
        front_of(text)
    assert wrong.value.line == line


@pytest.mark.parametrize(
    "text",
    ["yes", "a: b", "-", "# x", "3", 'say "x"\\', " a ", "a\u2028b", "👩‍💻", "'", "[x]", "~"],
)
def test_what_is_written_is_read_again(text: str) -> None:
    assert front_of(above({"title": text, "questions": [text]})).fields == {
        "title": text.strip(), "questions": [text.strip()],
    }  # fmt: skip


def articles(files: dict[str, str]) -> dict[str, MarkdownFile]:
    folder = Folder(
        list(files), lambda path: files[path].encode(), lambda path, _: None if files[path] else "x"
    )
    return {one: folder.article(one) for one in folder.articles}


def test_a_folder_as_common_tools_write_it() -> None:
    found = articles(
        {
            "vault/returns/_index.md": "---\ntitle: 退换货\nweight: 2\n---\n",
            "vault/returns/refund-time.md": "---\ntitle: 退款\ndraft: false\nlang: zh_CN\n---\n"
            "# 退款\n\n![图](../img/x%20y.png \"t\") 见[寄回](send.md#a)\n",
            "vault/returns/send/index.md": "# 怎么寄回\n\n![](box.png)![[box.png|300]]\n",
            "vault/returns/send/box.png": "p",
            "vault/img/x y.png": "p",
            "vault/收费/上门.md": "上门费\n\n`![](no.png)`\n```\n![](no.png)\n```\n"
            "[[refund-time|看这里]]\n",
            "vault/faq.md": "<img src='/img/x y.png' alt=\"一\">\n![远](https://a.example/b.png)\n",
            "vault/returns/faq.md": "答\n",
            "vault/.obsidian/x.md": "x",
            "__MACOSX/vault/._faq.md": "x",
        }
    )  # fmt: skip
    assert not [one.fault for one in found.values() if one.fault]
    refund = found["vault/returns/refund-time.md"].values
    assert refund["body"] == "![图](pack:vault/img/x%20y.png) 见[寄回](article:send)"
    assert (refund["category"], refund["category_slug"]) == ("退换货", "returns")
    assert (refund["status"], refund["language"]) == ("published", "zh-CN")
    send = found["vault/returns/send/index.md"].values
    assert (send["slug"], send["title"], send["category"]) == ("send", "怎么寄回", "退换货")
    assert send["body"] == (
        "![](pack:vault/returns/send/box.png)![](pack:vault/returns/send/box.png)"
    )
    visit = found["vault/收费/上门.md"].values
    assert visit["title"] == "上门"
    assert visit["slug"].startswith("article-")
    assert visit["category"] == "收费"
    assert visit["body"].endswith("[看这里](article:refund-time)")
    assert "![](no.png)" in visit["body"]
    top = found["vault/faq.md"].values
    assert "category" not in top
    assert top["body"] == "![一](pack:vault/img/x%20y.png)\n[远](https://a.example/b.png)"
    assert {top["slug"], found["vault/returns/faq.md"].values["slug"]} == {"faq", "returns-faq"}


def test_what_is_wrong_says_file_and_line() -> None:
    found = articles(
        {
            "a/one.md": "---\ntitle: 一\nslug: same\n---\n正文",
            "a/two.md": "---\ntitle: 二\nslug: same\n---\n正文",
            "a/three.md": "---\ntitle: 三\n---\n\n一\n![](gone.png)\n",
            "a/four.md": "---\ntitle: 四\nvideo: v.mp4\n---\n正文",
            "a/five.md": "---\ntitle: 五\n\n正文",
            "a/six.md": "---\ntitle: 六\n---\n\n![](bad.png)\n",
            "a/bad.png": "",
        }
    )
    told = {
        path[2:-3]: (one.fault.line, one.fault.column, one.fault.why.rpartition(".")[2])
        for path, one in found.items()
        if one.fault
    }
    assert told == {
        "one": (3, "slug", "pack_twice"),
        "two": (3, "slug", "pack_twice"),
        "three": (6, "body", "pack_no_picture"),
        "four": (3, "video", "pack_no_file"),
        "five": (1, "title", "pack_front_wrong"),
        "six": (5, "body", "x"),
    }
