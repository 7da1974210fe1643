from pathlib import Path

import pytest

from tests.e2e import wizard
from tests.e2e.conftest import sign_in
from tests.e2e.server import Server
from tests.e2e.test_course_import import COURSE, PEOPLE


@pytest.mark.parametrize("lang", ["en"])
def test_shots(context, phone, server: Server, tmp_path: Path, lang):
    course = server.run(COURSE)
    (tmp_path / "people.csv").write_text(PEOPLE + "Cleo,Zwei,,Once\n", encoding="utf-8")
    page = sign_in(context, server, at="")
    small = sign_in(phone, server, at="")

    def shoot(name):
        small.goto(page.url)
        small.wait_for_timeout(1500)
        for p, size in ((page, "desk"), (small, "phone")):
            for scheme in ("light", "dark"):
                p.emulate_media(color_scheme=scheme)
                p.wait_for_timeout(300)
                p.screenshot(path=f"/tmp/shots-ci/{name}-{size}-{scheme}.png", full_page=True)
            p.emulate_media(color_scheme="light")

    page.goto(f"{server.url}/imports/new?course={course}")
    page.wait_for_timeout(1500)
    shoot("new")
    page.set_input_files("input[type=file]", tmp_path / "people.csv")
    page.wait_for_url("**/read")
    wizard.to_columns(page)
    page.get_by_label("Field for the column Plan").select_option("offer")
    page.wait_for_timeout(800)
    page.locator("#course-notice").select_option(index=1)
    page.wait_for_timeout(800)
    shoot("columns")
    page.get_by_label("Meaning of Gold").select_option(label="Once")
    page.wait_for_timeout(500)
    wizard.to_check(page)
    page.wait_for_timeout(800)
    shoot("check")
    wizard.commit(page)
    page.wait_for_timeout(4000)
    page.reload()
    page.wait_for_timeout(1500)
    shoot("done")
    page.goto(page.url.replace("/done", "/undo"))
    page.wait_for_selector(".undo-tiles[aria-busy=false]")
    page.wait_for_timeout(800)
    shoot("undo")
