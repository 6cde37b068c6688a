"""Chats, members, and the bot's own name, menus and commands."""

import json
import re
from typing import Any

from sandbox import rooms
from sandbox.access import editable_chat, find_chat, thread_of, writable_chat
from sandbox.arguments import Arguments
from sandbox.models import Json
from sandbox.refusals import Refusal, bad_request
from sandbox.site import Method, Site
from sandbox.views import chat_view, member_view

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
SIMPLE_SCOPES = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})
CHAT_SCOPES = frozenset({"chat", "chat_administrators", "chat_member"})
ACTIONS = frozenset(
    {"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
     "choose_sticker", "find_location", "record_video_note", "upload_video_note"}
)  # fmt: skip
PROFILE = {"setMyName": ("name", 64), "setMyDescription": ("description", 512)}
PROFILE["setMyShortDescription"] = ("short_description", 120)
NO_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


async def send_chat_action(site: Site, args: Arguments) -> bool:
    """The bot is typing."""
    chat = writable_chat(site.world, args)
    thread_of(site.world, chat, args)
    if args.text("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


async def get_chat(site: Site, args: Arguments) -> Json:
    """A ChatFullInfo."""
    chat = editable_chat(site.world, args)
    fixed = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(NO_GIFTS, False)}
    return {**chat_view(site.world, chat), **fixed}


async def get_chat_member(site: Site, args: Arguments) -> Json:
    """Somebody's place in a chat."""
    chat = editable_chat(site.world, args)
    user_id = args.integer("user_id")
    if user_id is None:
        raise bad_request("invalid user_id specified")
    if user_id not in site.world.users:
        raise bad_request("user not found")
    return member_view(site.world, chat, user_id)


async def get_chat_administrators(site: Site, args: Arguments) -> list[Json]:
    """Owner and administrators, other bots left out."""
    chat = editable_chat(site.world, args)
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    admins = [i for i, status in chat.members.items() if status in {"creator", "administrator"}]
    return [member_view(site.world, chat, user_id) for user_id in admins]


async def leave_chat(site: Site, args: Arguments) -> bool:
    """The bot goes by itself."""
    chat = editable_chat(site.world, args)
    if chat.type == "private":
        raise bad_request("chat not found")
    rooms.change_member(site.world, chat, site.world.bot.id, "leave")
    return True


async def set_my_commands(site: Site, args: Arguments) -> bool:
    """Commands of a scope and a language."""
    commands = args.parsed("commands", "commands")
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    checked = [checked_command(command) for command in commands]
    site.world.commands[scope_of(site, args)] = checked
    return True


def checked_command(command: Any) -> Json:
    """A name of [a-z0-9_]{1,32}, a description of 1-256 characters."""
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = str(command.get("command", "")).removeprefix("/"), str(command.get("description", ""))
    if not COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {**command, "command": name}


def scope_of(site: Site, args: Arguments) -> tuple[Any, ...]:
    """The key of a scope and language."""
    scope = args.parsed("scope", "BotCommandScope") or {"type": "default"}
    language = args.text("language_code")
    if not isinstance(scope, dict):
        raise bad_request("can't parse BotCommandScope: BotCommandScope must be an Object")
    if not re.fullmatch(r"(?:[a-z]{2})?", language):
        raise bad_request("invalid language code specified")
    return (*_scope_key(site, scope), language)


def _scope_key(site: Site, scope: Json) -> tuple[Any, ...]:
    kind = scope.get("type")
    if kind in SIMPLE_SCOPES:
        return (kind,)
    if kind not in CHAT_SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    chat = find_chat(site.world, Arguments(values={"chat_id": json.dumps(scope.get("chat_id", ""))}))
    if kind != "chat_member":
        return (kind, chat.id)
    if not isinstance(scope.get("user_id"), int):
        raise bad_request("can't parse BotCommandScope: Can't find field \"user_id\"")
    return (kind, chat.id, scope["user_id"])


async def get_my_commands(site: Site, args: Arguments) -> list[Json]:
    """Commands of exactly this scope and language."""
    return site.world.commands.get(scope_of(site, args), [])


async def delete_my_commands(site: Site, args: Arguments) -> bool:
    """Forget the commands of this scope and language."""
    site.world.commands.pop(scope_of(site, args), None)
    return True


def profile_setter(method: str) -> Method:
    """A method that sets one line of the bot's profile in one language."""
    name, most = PROFILE[method]

    async def set_profile(site: Site, args: Arguments) -> bool:
        value = args.text(name)
        if len(value) > most:
            raise bad_request(f"{name.replace('_', ' ')} is too long")
        site.world.profile[(name, args.text("language_code"))] = value
        return True

    return set_profile


def profile_getter(name: str) -> Method:
    """A method that reads one line of the bot's profile back."""

    async def get_profile(site: Site, args: Arguments) -> Json:
        lines = site.world.profile
        return {name: lines.get((name, args.text("language_code"))) or lines.get((name, ""), "")}

    return get_profile


async def set_chat_menu_button(site: Site, args: Arguments) -> bool:
    """The button beside the input field of a private chat."""
    button = args.parsed("menu_button", "menu button") or {"type": "default"}
    if not isinstance(button, dict):
        raise bad_request("can't parse menu button: MenuButton must be an Object")
    if button.get("type") not in {"default", "commands", "web_app"}:
        raise bad_request("can't parse menu button: MenuButton has unsupported type")
    if args.text("chat_id") and find_chat(site.world, args).type != "private":
        raise Refusal(400, "Bad Request: private chat expected")
    return True


METHODS: dict[str, Method] = {
    "sendChatAction": send_chat_action,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "leaveChat": leave_chat,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setChatMenuButton": set_chat_menu_button,
    **{method: profile_setter(method) for method in PROFILE},
    **{f"get{method[3:]}": profile_getter(name) for method, (name, _) in PROFILE.items()},
}
