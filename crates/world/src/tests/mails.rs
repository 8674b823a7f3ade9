use super::*;
use std::sync::Mutex;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

/// A relay that takes mail, except for some mailboxes; says what it took.
async fn relay() -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let taken = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&taken);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, Arc::clone(&into)));
        }
    });
    (at, taken)
}

/// The same behind TLS from the start.
async fn secure_relay(shown: &servers::Shown) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let taken = Arc::new(Mutex::new(Vec::new()));
    let (into, acceptor) = (Arc::clone(&taken), shown.acceptor());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (into, acceptor) = (Arc::clone(&into), acceptor.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    let _ = converse(stream, into).await;
                }
            });
        }
    });
    (at, taken)
}

async fn converse(
    stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite,
    taken: Arc<Mutex<Vec<String>>>,
) -> std::io::Result<()> {
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 relay.example ready\r\n").await?;
    let mut mail = None::<String>;
    while let Some(line) = lines.next_line().await? {
        if let Some(text) = &mut mail {
            if line == "." {
                taken.lock().unwrap().push(mail.take().unwrap_or_default());
                write.write_all(b"250 2.0.0 queued as 4F2A\r\n").await?;
            } else {
                text.push_str(&format!("{line}\n"));
            }
            continue;
        }
        let answer: &[u8] = match line.to_ascii_lowercase().as_str() {
            _ if line.contains("nobody@") => b"550 5.1.1 no such mailbox\r\n",
            _ if line.contains("full@") => b"452 4.2.2 mailbox full\r\n",
            _ if line.contains("stranger@") => b"530 5.7.0 authenticate first\r\n",
            "data" => {
                mail = Some(String::new());
                b"354 go on\r\n"
            }
            "quit" => b"221 bye\r\n",
            _ => b"250 ok\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}

fn mail(to: &str) -> Mail {
    Mail {
        to: to.into(),
        subject: "Zürich: parking permits do not answer".into(),
        text: "Acknowledge: https://tend.example/a/1".into(),
        html: Some("<p>Acknowledge</p>".into()),
        message_id: "pag_1@tend.example".into(),
        headers: vec![("In-Reply-To".into(), "<inc_1@tend.example>".into())],
    }
}

#[tokio::test]
async fn a_mail_is_taken_with_its_id_and_the_answer_is_kept() {
    let (at, taken) = relay().await;
    let world = world_with(|settings| settings.relay = Some(format!("smtp://{at}")));
    let receipt = world.send_mail(&mail("Ana <ana@example.org>")).await.unwrap();
    assert_eq!(receipt.said, "250 2.0.0 queued as 4F2A");
    let text = taken.lock().unwrap()[0].clone();
    for line in [
        "Message-ID: <pag_1@tend.example>",
        "Auto-Submitted: auto-generated",
        "In-Reply-To: <inc_1@tend.example>",
        "Date: Mon, 01 Jun 2026 12:00:00 +0000",
        "multipart/alternative",
        "Acknowledge: https://tend.example/a/1",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    world.send_mail(&mail("ben@example.org")).await.unwrap();
    assert_eq!(taken.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_relay_with_tls_must_show_a_certificate_that_is_trusted() {
    let shown = servers::Shown::new("localhost", 2090);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("root.pem");
    std::fs::write(&file, &shown.authority).unwrap();
    let (at, taken) = secure_relay(&shown).await;
    let relay = format!("smtps://localhost:{}", at.port());
    let wary = world_with(|settings| settings.relay = Some(relay.clone()));
    let failed = wary.send_mail(&mail("ana@example.org")).await.unwrap_err();
    assert!(failed.again && taken.lock().unwrap().is_empty(), "{failed}");
    let trusting = world_with(|settings| {
        settings.relay = Some(relay);
        settings.root_files.push(file);
    });
    trusting.send_mail(&mail("ana@example.org")).await.unwrap();
    assert_eq!(taken.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_refusal_says_whether_to_try_again() {
    let (at, _) = relay().await;
    let world = world_with(|settings| settings.relay = Some(format!("smtp://{at}")));
    for (to, again, said) in [
        ("nobody@example.org", false, "no such mailbox"),
        ("full@example.org", true, "mailbox full"),
        ("stranger@example.org", true, "authenticate first"),
        ("not an address", false, "not a mail address"),
    ] {
        let failed = world.send_mail(&mail(to)).await.unwrap_err();
        assert_eq!(failed.again, again, "{to}: {failed}");
        assert!(failed.what.contains(said), "{failed}");
    }
    let mut forged = mail("ana@example.org");
    forged.headers.push(("X-A".into(), "b\r\nBcc: all@example.org".into()));
    assert!(!world.send_mail(&forged).await.unwrap_err().again);
}

#[tokio::test]
async fn a_relay_that_is_down_or_missing_is_tried_again() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let world = world_with(|settings| settings.relay = Some(format!("smtp://{gone}")));
    assert!(world.send_mail(&mail("ana@example.org")).await.unwrap_err().again);
    assert!(super::world().send_mail(&mail("ana@example.org")).await.unwrap_err().again);
}

#[test]
fn a_relay_that_cannot_be_meant_is_refused_at_start() {
    for (relay, from) in [
        ("mail.example", "tend@example.org"),
        ("http://mail.example", "tend@example.org"),
        ("smtp://mail.example?tls=perhaps", "tend@example.org"),
        ("smtp://mail.example", "nobody"),
    ] {
        let settings = Settings { relay: Some(relay.into()), from: from.into(), ..Settings::default() };
        let refused = RealWorld::new(&settings, Arc::new(Noon)).err().expect(relay);
        assert_eq!(refused.name, "relay");
    }
}

fn hook(at: SocketAddr) -> Hook {
    Hook {
        url: format!("http://{at}/T0/secret"),
        method: "POST".into(),
        headers: vec![("Content-Type".into(), "application/json".into())],
        body: br#"{"text":"down"}"#.to_vec(),
        timeout: SignedDuration::from_secs(5),
        reach: Reach::Guarded,
    }
}

#[tokio::test]
async fn a_hook_is_called_and_its_answer_judged() {
    let (at, heard) = servers::serve(servers::ok("ok")).await;
    let receipt = world().call_hook(&hook(at)).await.unwrap();
    assert_eq!(receipt.said, "200 ok");
    assert!(
        heard.all()[0].starts_with("POST /T0/secret HTTP/1.1")
            && heard.all()[0].ends_with(r#"{"text":"down"}"#)
    );
    for (status, again) in [(404, false), (410, false), (302, false), (429, true), (500, true), (503, true)] {
        let answer = format!("HTTP/1.1 {status} x\r\nContent-Length: 4\r\n\r\nlong");
        let (at, _) = servers::serve(Served::Bytes(answer.into_bytes())).await;
        let failed = world().call_hook(&hook(at)).await.unwrap_err();
        assert_eq!(failed.again, again, "{status}");
        assert!(failed.what.contains(&status.to_string()) && !failed.what.contains("secret"));
    }
    let guarded = world_with(|settings| settings.allow.clear());
    assert!(!guarded.call_hook(&hook(at)).await.unwrap_err().again);
}
