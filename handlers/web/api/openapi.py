"""The API's own document, OpenAPI 3.1, printed from the table of its routes."""

from __future__ import annotations

from typing import Any, Final

from handlers.web.api import schemas
from handlers.web.api.making import NewTicketBody
from handlers.web.api.parameters import Parameter
from handlers.web.api.routes import ROOT, ROUTES, Route

DOCUMENT_PATH: Final = f"{ROOT}/openapi.json"
MAKING_PATH: Final = f"{ROOT}/tickets"
MOST_ID: Final = 2**53 - 1

_WAIT: Final = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}}
_BEARER: Final = {"WWW-Authenticate": {"description": "Bearer.", "schema": {"type": "string"}}}
_LINK: Final = {"Link": {"description": "The next page, as RFC 8288 has it.", "schema": {"type": "string"}}}


def document() -> dict[str, Any]:
    """All of it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Perezvon",
            "version": "1",
            "description": "Reports, calls and cases of one team. Days are the team's local ones, moments carry its "
            "offset, durations are whole seconds, numbers are E.164. Tokens: `perezvon token add --team T`.",
        },
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": schemas.ERROR},
        },
    }


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {route.path: {"get": _operation(route)} for route in ROUTES}
    paths[DOCUMENT_PATH] = {"get": _of_itself()}
    paths.setdefault(MAKING_PATH, {})["post"] = _making()
    return paths


def _making() -> dict[str, Any]:
    body = NewTicketBody.model_json_schema()
    made = {"application/json": {"schema": schemas.MADE}}
    return {
        "operationId": "make_ticket",
        "summary": "A ticket, or words that join the open ticket of their writer; by a token of scope write.",
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "200": {"description": "It was made before.", "content": made},
            "201": {"description": "Made.", "content": made},
            "400": _error("Cannot be read: where, what was found, what is expected."),
            "401": _error("No token, or one that opens nothing.", _BEARER),
            "403": _error("The token only reads."),
            "429": _error("Too many requests with this token.", _WAIT),
            "503": _error("Not now.", _WAIT),
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    parameters = [_id()] if route.has_id else [_parameter(each) for each in route.parameters]
    return {
        "operationId": route.name,
        "summary": route.about,
        "parameters": parameters,
        "responses": {"200": _found(route), **_refusals(route)},
    }


def _found(route: Route) -> dict[str, Any]:
    content: dict[str, Any] = {"application/json": {"schema": route.schema}}
    if route.has_csv:
        content["text/csv"] = {"schema": {"type": "string"}}
    found: dict[str, Any] = {"description": "Found.", "content": content}
    return found | {"headers": _LINK} if any(each.name == "cursor" for each in route.parameters) else found


def _refusals(route: Route) -> dict[str, Any]:
    return {
        "400": _error("Cannot be read: where, what was found, what is expected."),
        "401": _error("No token, or one that opens nothing.", _BEARER),
        **({"404": _error("The team has none such.")} if route.has_id else {}),
        "405": _error("Another method than GET.", {"Allow": {"schema": {"type": "string"}}}),
        "429": _error("Too many requests with this token.", _WAIT),
        "503": _error("Not now.", _WAIT),
    }


def _error(about: str, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {"description": about, "content": content} | ({"headers": headers} if headers else {})


def _id() -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1, "maximum": MOST_ID}
    return {"name": "id", "in": "path", "required": True, "schema": schema}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.about,
        "required": parameter.is_required,
        "schema": dict(parameter.schema),
    }


def _of_itself() -> dict[str, Any]:
    found = {"description": "Found.", "content": {"application/json": {"schema": {"type": "object"}}}}
    refused = _error("Another method than GET.", {"Allow": {"schema": {"type": "string"}}})
    return {
        "operationId": "openapi",
        "summary": "This document; it takes no token.",
        "security": [],
        "responses": {"200": found, "405": refused},
    }
