"""The site: pages over the queries and commands of the engine."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, render_template, request

from engine.errors import Conflict, EngineError, InvalidInput, NotAllowed, NotFound
from engine.process_engine import ProcessEngine
from web import admin, audit, auth, documents, language, pages, registers, views

CSP = ("default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; "
       "connect-src 'self'; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
log = logging.getLogger("guicheng.web")


def create_app(engine: ProcessEngine) -> Flask:
    """Return the WSGI application over ``engine``."""
    app = Flask(__name__)
    app.secret_key = engine.settings.secret
    app.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=engine.settings.secure_cookies,
                      MAX_CONTENT_LENGTH=engine.settings.max_upload + 1024 * 1024, PERMANENT_SESSION_LIFETIME=8 * 3600)
    app.extensions["guicheng"] = engine
    for blueprint in (auth.blueprint, pages.blueprint, registers.blueprint, documents.blueprint, admin.blueprint, audit.blueprint):
        app.register_blueprint(blueprint)
    app.before_request(auth.protect)
    app.context_processor(lambda: {"_": language.translate, "language": language.current(), "me": auth.me(), "csrf": auth.csrf_token,
                                   "local": views.local, "remaining": views.remaining, "person_name": views.person_name,
                                   "t": language.text})

    @app.after_request
    def headers(response: Any) -> Any:
        response.headers.update({"Content-Security-Policy": CSP, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"})
        if request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "public, max-age=3600"
        else:
            response.headers["Cache-Control"] = "no-store"
        return response

    def refused(error: EngineError) -> Any:
        code = {NotFound: 404, NotAllowed: 403, Conflict: 409, InvalidInput: 400}.get(type(error), 500)
        return render_template("error.html", error=error, message=views.sentence(error), code=code), code

    app.register_error_handler(EngineError, refused)
    for status in (400, 403, 404, 405, 413):
        app.register_error_handler(status, lambda error: (render_template(
            "error.html", error=None, code=error.code, message=language.translate(str(error.name))), error.code))

    @app.errorhandler(500)
    def broken(error: Exception) -> Any:
        log.error("A page failed: %s", error)
        return render_template("error.html", error=None, code=500, message=language.translate("服务器出错了，请稍后再试。")), 500

    return app
