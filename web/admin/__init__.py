"""The pages of administrators: people, roles, stand-ins, calendar, incidents, jobs, deployments, settings."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from engine import clock
from engine.store.queries import admin as queries
from engine.store.queries import incidents
from web.access import only_for
from web.admin import calendar, deployments, operations, people, people_lists, roles
from web.auth import engine, me

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
SECTIONS = (
    ("admin.index", "概况", ("administrator", "process_owner", "hr")), ("admin.people", "人员", ("administrator",)),
    ("admin.roles", "角色", ("administrator",)), ("admin.substitutions", "职务代理", ("administrator",)),
    ("admin.this_year", "工作日历", ("administrator", "hr")), ("admin.incidents", "异常", ("administrator",)),
    ("admin.jobs", "定时任务", ("administrator",)), ("admin.deployments", "流程部署", ("administrator", "process_owner")),
    ("admin.settings", "系统设置", ("administrator",)),
)
for part in (people, people_lists, roles, calendar, operations, deployments):
    part.add_to(blueprint)


@blueprint.context_processor
def sections() -> dict[str, Any]:
    """Give pages the sections that one may open, and how many incidents are open."""
    who = me()
    held = who.roles if who is not None else frozenset()
    with engine().database.reading() as connection:
        count = incidents.count_open(connection)
    return {"sections": [(endpoint, name) for endpoint, name, wanted in SECTIONS if held & set(wanted)], "open_incidents": count}


@blueprint.get("/")
def index() -> Any:
    """Show what needs care."""
    only_for("administrator", "process_owner", "hr")
    with engine().database.reading() as connection:
        found = queries.overview(connection, clock.now())
        count = incidents.count_open(connection)
        calendar_now = engine().calendar(connection)
    year = clock.now().astimezone(engine().zone).year
    missing = [y for y in (year, year + 1) if not any(day.year == y for day in calendar_now.days)]
    return render_template("admin/index.html", found=found, count=count, missing=missing)
