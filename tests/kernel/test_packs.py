"""Zips from outside: what lies, hides or climbs out is refused; names are those that were meant."""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from peakend.kernel.errors import PeakendError
from peakend.kernel.packs import PackBroken, PackLocked, PackTooLarge, PackUnsafe, opened_pack


def made(folder: Path, files: dict[str, bytes], attributes: int = 0o644 << 16) -> Path:
    path = folder / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            part = zipfile.ZipInfo(name)
            part.external_attr = attributes
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, data)
    return path


@pytest.mark.parametrize(
    "name",
    ["../x.md", "a/../../x.md", "/etc/x.md", "C:/x.md", "a//b.md", "a/" * 13 + "x.md", "a\nb"],
)
def test_what_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PackUnsafe), opened_pack(made(tmp_path, {name: b"x"})):
        pass


def test_links_bombs_and_locks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PackUnsafe), opened_pack(made(tmp_path, {"x.md": b"/etc"}, 0o120777 << 16)):
        pass
    with pytest.raises(PackTooLarge), opened_pack(made(tmp_path, {"x.md": bytes(4_000_000)})):
        pass
    many = {f"{at}.md": b"" for at in range(20_001)}
    with pytest.raises(PackTooLarge), opened_pack(made(tmp_path, many)):
        pass
    locked = bytearray(made(tmp_path, {"x.md": b"x"}).read_bytes())
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "x.zip").write_bytes(locked)
    with pytest.raises(PackLocked), opened_pack(tmp_path / "x.zip"):
        pass
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(PackBroken), opened_pack(tmp_path / "x.zip"):
        pass


def test_a_list_of_files_that_would_fill_the_memory_is_not_read(tmp_path: Path) -> None:
    data = bytearray(made(tmp_path, {"x.md": b"x"}).read_bytes())
    at = data.rfind(b"PK\x05\x06") + 12
    data[at : at + 4] = struct.pack("<L", 500_000_000)
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(PackTooLarge), opened_pack(tmp_path / "x.zip"):
        pass


def test_a_size_that_lies_is_found_out(tmp_path: Path) -> None:
    data = bytearray(made(tmp_path, {"x.md": b"x" * 5000}).read_bytes())
    place = data.find(b"PK\x01\x02") + 24
    data[place : place + 4] = struct.pack("<L", 10)
    (tmp_path / "x.zip").write_bytes(data)
    with opened_pack(tmp_path / "x.zip") as pack, pytest.raises(PeakendError):
        pack.read("x.md", 1000)


def test_names_of_windows_are_read(tmp_path: Path) -> None:
    name = "退换货\\退款.md"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("A" * len(name.encode("gb18030")), "正文")
    data = out.getvalue().replace(b"A" * len(name.encode("gb18030")), name.encode("gb18030"))
    (tmp_path / "x.zip").write_bytes(data)
    with opened_pack(tmp_path / "x.zip") as pack:
        assert pack.paths == ["退换货/退款.md"]
        assert pack.read("退换货/退款.md", 1000).decode() == "正文"
