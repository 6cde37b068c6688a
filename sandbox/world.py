"""The world behind the look-alike: who is there, what was said, and who hears of it."""

from collections.abc import Iterable
from typing import Any, TypedDict, Unpack

from sandbox import parcels, people, rooms
from sandbox.clock import MovableClock
from sandbox.faults import FaultPlan
from sandbox.journal import Journal
from sandbox.models import Answer, Chat, InlineAsk, Json, Message, Query, StoredFile, User
from sandbox.updates import UpdateFeed
from sandbox.views import transcript_view


class UserFields(TypedDict, total=False):
    """What may be said of a new user besides the first name."""

    id: int
    last_name: str | None
    username: str | None
    language_code: str | None
    role_note: str | None


class ChatFields(TypedDict, total=False):
    """What may be said of a new chat besides its type."""

    id: int
    title: str | None
    is_forum: bool
    members: Iterable[int]


class World:
    """State and the acts of people; methods of the bot live in methods_*.py."""

    def __init__(self, clock: MovableClock, token: str) -> None:
        self.clock = clock
        self.journal = Journal()
        self.feed = UpdateFeed(clock, self.journal.pulse)
        self.faults = FaultPlan()
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, Query] = {}
        self.all_answers: list[Answer] = []
        self.inline: dict[str, InlineAsk] = {}
        self.commands: dict[tuple[Any, ...], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.bot = User("Perezvon", int(token.partition(":")[0]), username="perezvon_sandbox_bot", is_bot=True)
        self.users[self.bot.id] = self.bot
        clock.add_listener(self._note_clock)

    # people and places

    def add_user(self, first_name: str, **details: Unpack[UserFields]) -> User:
        """A new person; without an id the next free one."""
        user = User(first_name=first_name, **details)
        user.id = user.id or max([1000, *(i for i in self.users if i != self.bot.id)]) + 1
        self.users[user.id] = user
        self.journal.note("chat", user_id=user.id)
        return user

    def add_chat(self, kind: str = "group", **details: Unpack[ChatFields]) -> Chat:
        """A new chat; its first person owns it, and the bot is in it only if it is named among the members."""
        return rooms.open_chat(self, kind, details)

    def member(self, chat_id: int, user_id: int, action: str) -> None:
        """add, kick, leave or promote somebody; for the bot this sends my_chat_member."""
        rooms.change_member(self, self.chat(chat_id), user_id, action)

    def add_topic(self, chat_id: int, name: str) -> int:
        """A new forum topic; returns its id."""
        return rooms.add_topic(self, self.chat(chat_id), name)

    def close_topic(self, chat_id: int, topic_id: int, *, closed: bool = True) -> None:
        """Close or reopen a topic."""
        rooms.close_topic(self, self.chat(chat_id), topic_id, closed=closed)

    def migrate(self, chat_id: int) -> Chat:
        """Upgrade a group to a supergroup with a new id."""
        return rooms.migrate(self, self.chat(chat_id))

    def block(self, user_id: int, *, blocked: bool = True) -> None:
        """A person blocks the bot or takes that back."""
        rooms.block(self, user_id, blocked=blocked)

    # what people do

    def say(self, user_id: int, chat_id: int, text: str, **where: int | None) -> Message:
        """A person writes; `reply_to_message_id` and `message_thread_id` may be given."""
        return people.say(self, people.Speech(user_id, chat_id, text, **where))

    def send(self, user_id: int, chat_id: int, kind: str, **details: Any) -> Message:
        """A person sends a sticker, a picture, a voice…; `caption`, `name`, `data` and where it stands may be given."""
        return parcels.send(self, parcels.Parcel(user_id, chat_id, kind, **details))

    def edit(self, user_id: int, chat_id: int, message_id: int, text: str) -> Message:
        """A person changes the words of a message of his."""
        return parcels.edit(self, parcels.Change(user_id, chat_id, message_id, text))

    def press(self, user_id: int, chat_id: int, message_id: int, **button: Any) -> str:
        """A person presses a button given by `data` or `text`; `forge=True` sends what no button offers."""
        return people.press(self, people.Press(user_id, chat_id, message_id, **button))

    def ask_inline(self, user_id: int, text: str) -> str:
        """A person types the bot's name and some words in whatever chat."""
        return people.ask_inline(self, user_id, text)

    def delete(self, chat_id: int, message_id: int) -> None:
        """A person deletes a message; the bot is not told."""
        people.delete(self, self.chat(chat_id), message_id)

    # what can be looked at

    def chat(self, chat_id: int) -> Chat:
        """A chat that exists, or KeyError."""
        return self.chats[chat_id]

    def messages(self, chat_id: int, after_seq: int = 0) -> list[Json]:
        """The transcript of a chat, oldest first, each message in its present form."""
        chat = self.chats.get(chat_id)
        found = chat.messages.values() if chat else []
        return [transcript_view(self, message) for message in found if message.seq > after_seq]

    def answers(self, *, user_id: int | None = None, callback_query_id: str | None = None) -> list[Answer]:
        """Answers of the bot to presses, oldest first."""
        return [
            answer
            for answer in self.all_answers
            if user_id in (None, answer.user_id) and callback_query_id in (None, answer.callback_query_id)
        ]

    @property
    def requests(self) -> list[Any]:
        """Requests of the bot, oldest first."""
        return list(self.journal.requests)

    def commands_for(self, chat_id: int, user_id: int) -> list[Json]:
        """The menu of commands as this person sees it in this chat."""
        return rooms.visible_commands(self, self.chat(chat_id), user_id)

    # what changes do

    def publish(self, kind: str, message: Message) -> None:
        """Number a new, edited or deleted message and show it to the page."""
        message.seq = self.journal.next_seq()
        view = transcript_view(self, message)
        self.journal.changes.append({"type": kind, "chat_id": message.chat_id, "message": view, "seq": message.seq})
        self.journal.pulse.ring()

    def _note_clock(self) -> None:
        self.journal.note("clock", now=self.clock.now().isoformat(), speed=self.clock.speed)
