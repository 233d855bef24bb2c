"""Check that the Spanish catalogue is whole: run by `make lint`."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = ("reviews", "responses")
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%\(\w+\)\.\df|</?code>")


def problems_of(app: str) -> list[str]:
    """What is untranslated, doubtful, or not as compiled in one app's catalogue."""
    path = ROOT / app / "locale" / "es" / "LC_MESSAGES" / "django.po"
    catalogue = polib.pofile(path)
    compiled = polib.mofile(path.with_suffix(".mo"))
    found = [
        f"{app}: not translated: {entry.msgid!r}" for entry in catalogue.untranslated_entries()
    ]
    found += [f"{app}: doubtful: {entry.msgid!r}" for entry in catalogue.fuzzy_entries()]
    for entry in catalogue:
        wanted = set(PLACEHOLDER.findall(entry.msgid))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text and set(PLACEHOLDER.findall(text)) != wanted:
                found.append(f"{app}: other placeholders: {entry.msgid!r}")
    texts = {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in catalogue}
    if texts != {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in compiled}:
        found.append(f"{app}: django.mo is older than django.po: run `make messages`")
    return found


def texts_in_code() -> set[str]:
    """Every text that code and templates mark for translation, as gettext finds them."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(
            ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "var", "tests", "*.mo")
        )
        for app in CATALOGUES:
            shutil.rmtree(copy / app / "locale")
            (copy / app / "locale").mkdir()
        subprocess.run(
            [sys.executable, "manage.py", "makemessages", "--locale", "es", "--verbosity", "0"],
            cwd=copy,
            # Collecting texts asks no server.
            env={
                **os.environ,
                "DATABASE_URL": "postgres:///none",
                "REDIS_URL": "redis://none",
                "SECRET_KEY": "none",
            },
            check=True,
        )
        found = set()
        for app in CATALOGUES:
            path = copy / app / "locale" / "es" / "LC_MESSAGES" / "django.po"
            found |= {entry.msgid for entry in polib.pofile(path)}
        return found


def main() -> int:
    found = [problem for app in CATALOGUES for problem in problems_of(app)]
    if shutil.which("xgettext"):
        known = set()
        for app in CATALOGUES:
            path = ROOT / app / "locale" / "es" / "LC_MESSAGES" / "django.po"
            known |= {entry.msgid for entry in polib.pofile(path)}
        marked = texts_in_code()
        found += [f"not in the catalogue: {text!r}" for text in sorted(marked - known)]
        found += [f"no longer in the code: {text!r}" for text in sorted(known - marked)]
    else:
        print("xgettext is not installed: not checked whether every text is in the catalogue")
    print("\n".join(found) or "the catalogue is whole")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
