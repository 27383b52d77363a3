"use strict";
// Shows every moment in the reader's zone and language, as Slack's date tokens ask; without it the fallback stays.
const slackTimeIn = (language) => {
  const DAY_MS = 86400000;
  const formats = new Map();
  const format = (options) => {
    const key = JSON.stringify(options);
    if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language, options));
    return formats.get(key);
  };
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const dates = {
    date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
    date: { year: "numeric", month: "long", day: "numeric" },
    date_short: { year: "numeric", month: "short", day: "numeric" },
    date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
    time: { timeStyle: "short" },
    time_secs: { timeStyle: "medium" },
  };
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const daysFromNow = (date) => Math.round((midnight(date) - midnight(new Date())) / DAY_MS);
  const ago = (date) => {
    const minutes = Math.round((date - Date.now()) / 60000);
    if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
    return Math.abs(minutes) < 1440 ? relative.format(Math.round(minutes / 60), "hour")
      : relative.format(Math.round(minutes / 1440), "day");
  };
  const token = (date, name) => {
    if (name === "ago") return ago(date);
    const plain = name.replace(/_pretty$/, "");
    if (!(plain in dates)) return `{${name}}`;
    const days = plain === name ? 2 : daysFromNow(date);
    return Math.abs(days) < 2 ? relative.format(days, "day") : format(dates[plain]).format(date);
  };
  const show = (root) => {
    for (const element of root.querySelectorAll("time[data-format]")) {
      const date = new Date(element.dateTime);
      element.textContent = element.dataset.format.replace(/\{(\w+)\}/g, (_, name) => token(date, name));
      element.title = format({ dateStyle: "full", timeStyle: "long" }).format(date);
    }
  };
  // Above the first message of each day stands the day, as in Slack.
  const days = (list) => {
    let before = null;
    for (const entry of list.children) {
      const time = entry.querySelector(".head time");
      const date = time ? new Date(time.dateTime) : null;
      const day = date ? midnight(date).getTime() : before;
      if (day !== before) {
        const near = Math.abs(daysFromNow(date)) < 2;
        const name = near ? relative.format(daysFromNow(date), "day") : format(dates.date_long).format(date);
        entry.dataset.day = name.charAt(0).toUpperCase() + name.slice(1);
      } else delete entry.dataset.day;
      before = day;
    }
  };
  const whole = (root) => {
    show(root);
    for (const list of root.querySelectorAll(".messages")) days(list);
  };
  return { show, days, whole };
};
const slackTime = slackTimeIn(navigator.language);
slackTime.whole(document);
// What is drawn for readers of another language has the dates that they would see.
for (const root of document.querySelectorAll("[data-language]")) slackTimeIn(root.dataset.language).whole(root);
