// A Slack app made with @slack/bolt alone: it does what it is asked, and says so in Slack. For the tests of the local
// workspace, which is the other end of everything here.
"use strict";

const { App, LogLevel } = require("@slack/bolt");

const { SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET, PORT } = process.env;
const sockets = !PORT;

const app = new App({
  token: SLACK_BOT_TOKEN,
  appToken: SLACK_APP_TOKEN,
  signingSecret: SLACK_SIGNING_SECRET,
  socketMode: sockets,
  clientOptions: { slackApiUrl: SLACK_API_URL },
  logLevel: LogLevel.ERROR,
});

const button = (text, action) => ({ type: "button", action_id: action, text: { type: "plain_text", text } });
const buttons = (...all) => ({ type: "actions", block_id: "buttons", elements: all });

const answers = {
  async edit({ client, event }) {
    const where = { channel: event.channel, thread_ts: event.ts };
    const { ts } = await client.chat.postMessage({ ...where, text: "0" });
    for (const text of ["1", "2", "3", "4", "5"]) {
      await client.chat.update({ channel: event.channel, ts, text: `edited ${text} times` });
    }
  },
  async stream({ client, event, body }) {
    const stream = client.chatStream({
      channel: event.channel,
      thread_ts: event.ts,
      recipient_user_id: event.user,
      recipient_team_id: body.team_id,
      buffer_size: 4,
    });
    for (const text of ["Water ", "is ", "**wet**"]) await stream.append({ markdown_text: text });
    await stream.stop({ blocks: [buttons(button("Good", "good"))] });
  },
  async button({ say, event }) {
    await say({ thread_ts: event.ts, text: "press", blocks: [buttons(button("Go", "go"), button("Ask", "ask"))] });
  },
  async file({ client, event }) {
    await client.files.uploadV2({
      channel_id: event.channel,
      thread_ts: event.ts,
      filename: "song.txt",
      title: "A song",
      initial_comment: "here it is",
      content: "Water, water",
    });
  },
};

app.event("app_mention", async (all) => {
  const word = all.event.text.trim().split(/\s+/).pop();
  await answers[word](all);
});

app.event("message", async () => {});

app.action("good", async ({ ack }) => ack());

app.action("go", async ({ ack, respond, body }) => {
  await ack();
  await respond({ replace_original: true, text: `gone, thanks to ${body.user.name}` });
});

const modal = (words) => ({
  type: "modal",
  callback_id: "question",
  title: { type: "plain_text", text: words },
  submit: { type: "plain_text", text: "Send" },
  blocks: [
    {
      type: "input",
      block_id: "why",
      label: { type: "plain_text", text: "Why?" },
      element: { type: "plain_text_input", action_id: "because" },
    },
  ],
});

app.action("ask", async ({ ack, client, body }) => {
  await ack();
  await client.views.open({ trigger_id: body.trigger_id, view: modal("A question") });
});

app.view("question", async ({ ack, view, client, body }) => {
  const because = view.state.values.why.because.value;
  if (!because) {
    await ack({ response_action: "errors", errors: { why: "Do say." } });
    return;
  }
  await ack();
  await client.chat.postMessage({ channel: body.user.id, text: `because ${because}` });
});

app.command("/ask", async ({ ack, command, respond }) => {
  await ack({ response_type: "ephemeral", text: `asked ${command.text}` });
  await respond({ response_type: "in_channel", text: `${command.user_name} asked ${command.text}` });
});

// What a listener throws is the test's to see.
app.error(async (error) => {
  process.stdout.write(`failed: ${error.message}\n`);
});

(async () => {
  await (sockets ? app.start() : app.start(Number(PORT)));
  process.stdout.write("ready\n");
})();
