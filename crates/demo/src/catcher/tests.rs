use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::testing::{Still, get, get_with, post};

const LETTER: &str = "From: Tend <tend@kustwerk.example>\r\nTo: noor@kustwerk.example\r\n\
    Subject: =?utf-8?q?Betalen_lukt_niet_=E2=80=93_nu?=\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n--b\r\n\
    Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
    Since 03:00 =E2=80=93 http://127.0.0.1:1/ack?a=3D1\r\n..dot\r\n--b\r\n\
    Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
    PCFkb2N0eXBlIGh0bWw+PHA+PGEgaHJlZj0iaHR0cDovLzEyNy4wLjAuMTo5L2EiPkFjazwvYT48L3A+PHNjcmlwdD4xPC9zY3JpcHQ+\r\n\
    --b--\r\n";

async fn catcher() -> Catcher {
    Catcher::start(Setup::default(), Arc::new(Still)).await.expect("it starts")
}

/// Someone who sends mail by hand.
struct Sender(TcpStream);

impl Sender {
    async fn to(at: SocketAddr) -> Sender {
        let mut sender = Sender(TcpStream::connect(at).await.expect("it listens"));
        assert!(sender.hears().await.starts_with("220 "));
        sender
    }

    /// The next answer, of one line or many.
    async fn hears(&mut self) -> String {
        let mut said = String::new();
        loop {
            let mut line = Vec::new();
            while !line.ends_with(b"\n") {
                match self.0.read_u8().await {
                    Ok(byte) => line.push(byte),
                    Err(_) => return said,
                }
            }
            let line = String::from_utf8(line).expect("text");
            said.push_str(&line);
            if line.as_bytes().get(3) != Some(&b'-') {
                return said;
            }
        }
    }

    async fn says(&mut self, text: &str) -> String {
        self.0.write_all(text.as_bytes()).await.expect("it listens");
        self.hears().await
    }

    async fn sends(&mut self, to: &str, mail: &str) -> String {
        assert!(self.says("EHLO town\r\n").await.starts_with("250-"));
        assert!(self.says("MAIL FROM:<tend@kustwerk.example>\r\n").await.starts_with("250 "));
        assert!(self.says(&format!("RCPT TO:<{to}>\r\n")).await.starts_with("250 "));
        assert!(self.says("DATA\r\n").await.starts_with("354 "));
        self.says(&format!("{mail}\r\n.\r\n")).await
    }

    /// Whether the other side has hung up.
    async fn is_alone(&mut self) -> bool {
        matches!(self.0.read(&mut [0u8; 1]).await, Ok(0) | Err(_))
    }
}

async fn mails(catcher: &Catcher) -> Vec<serde_json::Value> {
    let answer = get(catcher.mailbox(), "/mails.json").await.expect("an answer").json();
    answer["mails"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn a_mail_is_taken_and_shown_as_text_and_shut_in() {
    let catcher = catcher().await;
    let mut sender = Sender::to(catcher.smtp()).await;
    let greeting = sender.says("EHLO town\r\n").await;
    for word in ["PIPELINING", "SIZE 1048576", "8BITMIME"] {
        assert!(greeting.contains(word), "{greeting}");
    }
    assert_eq!(sender.sends("noor@kustwerk.example", LETTER).await, "250 2.0.0 Taken as 1\r\n");
    assert!(sender.says("QUIT\r\n").await.starts_with("221 "));
    let mail = &mails(&catcher).await[0];
    assert_eq!(mail["subject"], "Betalen lukt niet – nu");
    assert_eq!(
        mail["text"].as_str().map(str::trim_end),
        Some("Since 03:00 – http://127.0.0.1:1/ack?a=1\r\n.dot")
    );
    assert_eq!(mail["read"], false);
    let at = catcher.mailbox();
    let list = get(at, "/").await.expect("an answer");
    assert!(list.body.contains("class=\"unread\"") && list.body.contains("Betalen lukt niet – nu"));
    let page = get_with(at, "/mail/1", "Cookie: language=nl\r\n").await.expect("an answer");
    assert!(page.body.contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\""));
    let text = get(at, "/mail/1?as=text").await.expect("an answer");
    assert!(text.body.contains("<a href=\"http://127.0.0.1:1/ack?a=1\" target=\"_blank\""));
    assert_eq!(mails(&catcher).await[0]["read"], true);
    let html = get(at, "/mail/1/html").await.expect("an answer");
    let policy = html.header("content-security-policy").expect("a policy");
    assert!(
        policy.contains("sandbox")
            && policy.contains("default-src 'none'")
            && !policy.contains("allow-scripts")
    );
    assert!(html.body.starts_with("<!doctype html><base target=\"_blank\"><p>"));
    let source = get(at, "/mail/1/source").await.expect("an answer");
    assert_eq!(source.header("content-type"), Some("text/plain; charset=utf-8"));
}

#[tokio::test]
async fn pipelined_commands_are_answered_in_order() {
    let catcher = catcher().await;
    let mut sender = Sender::to(catcher.smtp()).await;
    sender.says("EHLO town\r\n").await;
    let all = "MAIL FROM:<a@b.example> SIZE=20 BODY=8BITMIME\r\nRCPT TO:<c@d.example>\r\nRCPT TO:<e@f.example>\r\n\
               DATA\r\nSubject: one\r\n\r\nhi\r\n.\r\nNOOP\r\nMAIL FROM:<>\r\nRSET\r\nDATA\r\nQUIT\r\n";
    sender.0.write_all(all.as_bytes()).await.expect("it listens");
    let mut codes = Vec::new();
    for _ in 0..10 {
        codes.push(sender.hears().await[..3].to_owned());
    }
    assert_eq!(codes, ["250", "250", "250", "354", "250", "250", "250", "250", "503", "221"]);
    assert_eq!(mails(&catcher).await[0]["to"], serde_json::json!(["c@d.example", "e@f.example"]));
}

#[tokio::test]
async fn a_bare_line_feed_neither_ends_a_mail_nor_makes_a_second() {
    for smuggled in ["\n.\n", "\n.\r\n", "\r\n.\n"] {
        let catcher = catcher().await;
        let mut sender = Sender::to(catcher.smtp()).await;
        let mail =
            format!("Subject: one\r\n\r\nhi{smuggled}MAIL FROM:<evil@b.example>\r\nDATA\r\nSubject: two\r\n");
        assert!(sender.sends("c@d.example", &mail).await.starts_with("554 "), "{smuggled:?}");
        assert!(sender.says("NOOP\r\n").await.starts_with("250 "), "{smuggled:?}");
        assert!(mails(&catcher).await.is_empty(), "{smuggled:?}");
    }
}

#[tokio::test]
async fn a_huge_line_is_refused_and_the_talk_goes_on() {
    let catcher = catcher().await;
    let mut sender = Sender::to(catcher.smtp()).await;
    assert!(sender.says(&format!("EHLO {}\r\n", "x".repeat(100_000))).await.starts_with("500 "));
    assert!(sender.says("NOOP\n").await.starts_with("500 "));
    assert!(sender.sends("c@d.example", &"y".repeat(smtp::LINE + 1)).await.starts_with("554 "));
    assert!(sender.sends("c@d.example", &"y".repeat(smtp::LINE)).await.starts_with("250 "));
    assert_eq!(mails(&catcher).await.len(), 1);
}

#[tokio::test]
async fn a_mail_over_the_limit_is_refused_in_words_and_in_bytes() {
    let catcher = catcher().await;
    let mut sender = Sender::to(catcher.smtp()).await;
    sender.says("EHLO town\r\n").await;
    assert!(sender.says("MAIL FROM:<a@b.example> SIZE=1048577\r\n").await.starts_with("552 "));
    let line = format!("{}\r\n", "z".repeat(998));
    let fits = line.repeat(smtp::LARGEST / line.len() - 1);
    assert!(sender.sends("c@d.example", &fits).await.starts_with("250 "));
    assert!(
        sender.sends("c@d.example", &line.repeat(smtp::LARGEST / line.len() + 1)).await.starts_with("552 ")
    );
    assert_eq!(mails(&catcher).await.len(), 1);
}

#[tokio::test]
async fn a_mail_without_end_and_a_line_without_end_are_hung_up_on() {
    for piece in ["a line\r\n".repeat(1000), "no line".repeat(1000)] {
        let catcher = catcher().await;
        let mut sender = Sender::to(catcher.smtp()).await;
        sender.says("EHLO town\r\n").await;
        sender.says("MAIL FROM:<a@b.example>\r\n").await;
        sender.says("RCPT TO:<c@d.example>\r\n").await;
        sender.says("DATA\r\n").await;
        let mut written = 0;
        while sender.0.write_all(piece.as_bytes()).await.is_ok() {
            written += piece.len();
            assert!(written < 64 * 1024 * 1024, "the server reads for ever");
        }
        assert!(mails(&catcher).await.is_empty());
    }
}

#[tokio::test]
async fn nonsense_is_refused_and_much_of_it_ends_the_talk() {
    let catcher = catcher().await;
    let mut sender = Sender::to(catcher.smtp()).await;
    for line in [
        "MAIL FROM:<a@b.example>\r\n",
        "HELO\r\n",
        "\u{7f}\u{1}\r\n",
        "RCPT TO:<x@y.example>\r\n",
        "DATA\r\n",
        "STARTTLS\r\n",
        "\r\n",
    ] {
        assert!(sender.says(line).await.starts_with('5'), "{line:?}");
    }
    sender.0.write_all(b"\xff\xfe\r\n").await.expect("it listens");
    assert!(sender.hears().await.starts_with("500 "));
    sender.says("EHLO town\r\n").await;
    for line in [
        "MAIL FROM:a@b.example\r\n",
        "MAIL FROM:<a b@c.example>\r\n",
        "MAIL FROM:<a@b.example> AUTH=x\r\n",
        "MAIL FROM:<a@b.example> SIZE=many\r\n",
    ] {
        assert!(sender.says(line).await.starts_with('5'), "{line:?}");
    }
    let mut last = String::new();
    for _ in 0..20 {
        last = sender.says("BOO\r\n").await;
        if last.starts_with("421 ") {
            break;
        }
    }
    assert!(last.starts_with("421 "));
    assert!(sender.is_alone().await);
}

#[tokio::test]
async fn the_hundred_and_first_mail_pushes_out_the_first() {
    let catcher = catcher().await;
    let mut sender = Sender::to(catcher.smtp()).await;
    for number in 0..=mailbox::KEPT {
        let mail = format!("Subject: number {number}\r\n\r\nhi");
        assert!(sender.sends("c@d.example", &mail).await.starts_with("250 "));
    }
    let kept = mails(&catcher).await;
    assert_eq!(kept.len(), mailbox::KEPT);
    assert_eq!(kept[0]["subject"], "number 100");
    assert_eq!(kept[99]["subject"], "number 1");
    assert_eq!(post(catcher.mailbox(), "/delete", "").await.expect("an answer").status, 303);
    assert!(mails(&catcher).await.is_empty());
}

#[tokio::test]
async fn recipients_have_their_own_lists() {
    let catcher = catcher().await;
    let mut sender = Sender::to(catcher.smtp()).await;
    for to in ["noor@k.example", "ines@k.example"] {
        sender.sends(to, "Subject: hello\r\n\r\nhi").await;
    }
    let list = get(catcher.mailbox(), "/?to=ines%40k.example").await.expect("an answer");
    assert!(list.body.contains("href=\"/mail/2?to=ines%40k.example\"") && !list.body.contains("/mail/1"));
}

#[tokio::test]
async fn switched_off_it_refuses_and_hangs_up_until_switched_on() {
    let catcher = catcher().await;
    let mut sender = Sender::to(catcher.smtp()).await;
    assert_eq!(post(catcher.mailbox(), "/server/off", "").await.expect("an answer").status, 303);
    assert!(sender.is_alone().await);
    assert!(TcpStream::connect(catcher.smtp()).await.is_err());
    assert!(
        get(catcher.mailbox(), "/").await.expect("an answer").body.contains("The mail server is off since")
    );
    assert_eq!(post(catcher.mailbox(), "/server/on", "").await.expect("an answer").status, 303);
    let mut sender = Sender::to(catcher.smtp()).await;
    assert!(sender.sends("c@d.example", "hi").await.starts_with("250 "));
}

#[tokio::test]
async fn who_says_nothing_or_takes_too_long_is_hung_up_on() {
    let short = Duration::from_millis(60);
    for (silence, talk, code) in
        [(short, Duration::from_secs(60), "4.4.2"), (Duration::from_secs(60), short, "4.4.2")]
    {
        let mailbox = Arc::new(Mailbox::new(Arc::new(Still)));
        let gate =
            Gate::open(0, server::smtp(mailbox, server::Patience { silence, talk })).await.expect("opens");
        let mut sender = Sender::to(gate.address()).await;
        assert!(sender.hears().await.starts_with(&format!("421 {code}")));
        assert!(sender.is_alone().await);
    }
}

#[tokio::test]
async fn more_talks_than_allowed_are_told_to_come_back() {
    let catcher = catcher().await;
    let mut talks = Vec::new();
    for _ in 0..50 {
        talks.push(Sender::to(catcher.smtp()).await);
    }
    let mut late = Sender(TcpStream::connect(catcher.smtp()).await.expect("it listens"));
    assert!(late.hears().await.starts_with("421 4.3.2"));
}

#[tokio::test]
async fn an_unreadable_mail_is_shown_as_it_came() {
    let catcher = catcher().await;
    let mut sender = Sender::to(catcher.smtp()).await;
    assert!(sender.sends("c@d.example", "\u{0}\u{1}<script>").await.starts_with("250 "));
    let page = get(catcher.mailbox(), "/mail/1").await.expect("an answer");
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("<script>"));
    assert_eq!(get(catcher.mailbox(), "/mail/99").await.expect("an answer").status, 303);
}
