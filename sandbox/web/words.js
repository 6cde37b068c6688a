// The page's own words; what the bot says comes from the bot.

export const WORDS = {
  en: {
    title: "Perezvon sandbox", now: "Virtual time", speed: "Speed", min: "min", hours: "h", opening: "To next opening", theme: "Dark or light", language: "Language of the page",
    help: "Keyboard help", exchange: "Phone exchange", private: "private", group: "group", actAs: "Write as", as: "as", write: "Message", send: "Send",
    reply: "Reply", cancel: "Cancel", replyTo: "Reply to", edited: "edited", copied: "Copied", deleted: "Message deleted", download: "Download",
    enlarge: "Open the picture", close: "Close", ok: "OK", commands: "Commands", empty: "No messages yet. Type / to see what the bot can do.",
    nobody: "Nobody lives in this sandbox yet.", offline: "No connection with the sandbox, trying again…", general: "General", all: "All",
    toEnd: "To the newest", photo: "Photo", document: "Document", joined: "joined the group", left: "left the group", pinned: "pinned a message",
    topicMade: "Topic", migrated: "The group became a supergroup", titled: "The group is now called", service: "Service message",
    playNext: "Play next", playAll: "Play all until now", follow: "Calls happen as time moves", scenes: "Make a call now", day: "Planted day",
    answers: "Known answers", planted: "Planted", bot: "Bot says", what: "What", agree: "agrees", differ: "differs", noNumber: "no number",
    missed_new: "New client, missed", missed_again: "Same client again", answered: "Client gets through", outbound_reached: "We call back, reached",
    outbound_unanswered: "We call back, no answer", hidden: "Hidden number", order: "Order from the site", night: "Night call",
    waiting: "waiting", ringing: "ringing", done: "done", hiddenNumber: "hidden number",
    helpKeys: [["1…9", "go to a chat"], ["↑ ↓", "walk through messages"], ["Tab", "buttons of the message"], ["r", "reply to the message"],
      ["Enter", "send"], ["Shift+Enter", "new line"], ["/", "commands of the bot"], ["a", "write as the next person of the group"], ["f", "30 minutes forward"],
      ["n", "play the next planned call"], ["p", "phone exchange"], ["t", "dark or light"], ["Esc", "leave a field, close"], ["?", "this help"]],
  },
  ru: {
    title: "Песочница Перезвона", now: "Виртуальное время", speed: "Скорость", min: "мин", hours: "ч", opening: "К открытию", theme: "Тёмная или светлая", language: "Язык страницы",
    help: "Клавиши", exchange: "Телефонная станция", private: "личный чат", group: "группа", actAs: "Писать от имени", as: "от имени", write: "Сообщение", send: "Отправить",
    reply: "Ответить", cancel: "Отмена", replyTo: "Ответ", edited: "изменено", copied: "Скопировано", deleted: "Сообщение удалено", download: "Скачать",
    enlarge: "Открыть картинку", close: "Закрыть", ok: "Понятно", commands: "Команды", empty: "Сообщений нет. Наберите /, чтобы увидеть, что умеет бот.",
    nobody: "В песочнице ещё никого нет.", offline: "Нет связи с песочницей, пробуем снова…", general: "Общая", all: "Все",
    toEnd: "К новым", photo: "Фото", document: "Документ", joined: "в группе", left: "вышел из группы", pinned: "закрепил сообщение",
    topicMade: "Тема", migrated: "Группа стала супергруппой", titled: "Группа теперь называется", service: "Служебное сообщение",
    playNext: "Следующий", playAll: "Все до сейчас", follow: "Звонки идут вместе со временем", scenes: "Позвонить сейчас", day: "План дня",
    answers: "Сверка", planted: "План", bot: "Бот", what: "Что", agree: "сходится", differ: "расходится", noNumber: "числа нет",
    missed_new: "Новый клиент, пропущен", missed_again: "Тот же клиент снова", answered: "Клиент дозвонился", outbound_reached: "Перезвонили, ответил",
    outbound_unanswered: "Перезвонили, не ответил", hidden: "Скрытый номер", order: "Заказ с сайта", night: "Ночной звонок",
    waiting: "ждёт", ringing: "звонит", done: "прошёл", hiddenNumber: "скрытый номер",
    helpKeys: [["1…9", "перейти в чат"], ["↑ ↓", "по сообщениям"], ["Tab", "кнопки сообщения"], ["r", "ответить на сообщение"],
      ["Enter", "отправить"], ["Shift+Enter", "новая строка"], ["/", "команды бота"], ["a", "писать от имени следующего в группе"], ["f", "на 30 минут вперёд"],
      ["n", "следующий задуманный звонок"], ["p", "телефонная станция"], ["t", "тёмная или светлая"], ["Esc", "выйти из поля, закрыть"], ["?", "эта подсказка"]],
  },
  uk: {
    title: "Пісочниця Перезвону", now: "Віртуальний час", speed: "Швидкість", min: "хв", hours: "год", opening: "До відкриття", theme: "Темна чи світла", language: "Мова сторінки",
    help: "Клавіші", exchange: "Телефонна станція", private: "особистий чат", group: "група", actAs: "Писати від імені", as: "від імені", write: "Повідомлення", send: "Надіслати",
    reply: "Відповісти", cancel: "Скасувати", replyTo: "Відповідь", edited: "змінено", copied: "Скопійовано", deleted: "Повідомлення видалено", download: "Завантажити",
    enlarge: "Відкрити зображення", close: "Закрити", ok: "Зрозуміло", commands: "Команди", empty: "Повідомлень немає. Наберіть /, щоб побачити, що вміє бот.",
    nobody: "У пісочниці ще нікого немає.", offline: "Немає зв’язку з пісочницею, пробуємо знову…", general: "Загальна", all: "Усі",
    toEnd: "До нових", photo: "Фото", document: "Документ", joined: "у групі", left: "вийшов із групи", pinned: "закріпив повідомлення",
    topicMade: "Тема", migrated: "Група стала супергрупою", titled: "Група тепер називається", service: "Службове повідомлення",
    playNext: "Наступний", playAll: "Усі дотепер", follow: "Дзвінки йдуть разом із часом", scenes: "Подзвонити зараз", day: "План дня",
    answers: "Звірка", planted: "План", bot: "Бот", what: "Що", agree: "сходиться", differ: "розходиться", noNumber: "числа немає",
    missed_new: "Новий клієнт, пропущено", missed_again: "Той самий клієнт знову", answered: "Клієнт додзвонився", outbound_reached: "Передзвонили, відповів",
    outbound_unanswered: "Передзвонили, не відповів", hidden: "Прихований номер", order: "Замовлення з сайту", night: "Нічний дзвінок",
    waiting: "чекає", ringing: "дзвонить", done: "минув", hiddenNumber: "прихований номер",
    helpKeys: [["1…9", "перейти до чату"], ["↑ ↓", "по повідомленнях"], ["Tab", "кнопки повідомлення"], ["r", "відповісти на повідомлення"],
      ["Enter", "надіслати"], ["Shift+Enter", "новий рядок"], ["/", "команди бота"], ["a", "писати від імені наступного в групі"], ["f", "на 30 хвилин уперед"],
      ["n", "наступний задуманий дзвінок"], ["p", "телефонна станція"], ["t", "темна чи світла"], ["Esc", "вийти з поля, закрити"], ["?", "ця підказка"]],
  },
};

export const LANGUAGES = Object.keys(WORDS);

let spoken = localStorage.getItem("perezvon.language") ?? navigator.language.slice(0, 2);
if (!WORDS[spoken]) spoken = "en";

export const language = () => spoken;

export function speak(code) {
  spoken = code;
  localStorage.setItem("perezvon.language", code);
  document.documentElement.lang = code;
}

export const w = (key) => WORDS[spoken][key] ?? WORDS.en[key] ?? key;
