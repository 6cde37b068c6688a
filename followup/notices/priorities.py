"""Who goes first when a chat can take only one message a second (promise 7)."""

ANSWER = 0  # a person waits: menu, question, command reply
ALERT = 10  # the first alert of a client
ESCALATION = 20
REMINDER = 30
EDIT = 40
DIGEST = 50
FILE = 60
LEAST = 10_000  # nothing waits behind it
