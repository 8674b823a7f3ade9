use super::servers::{Shown, ok, serve, serve_tls};
use super::*;
use tokio::net::TcpListener;

#[tokio::test]
async fn a_page_is_fetched_with_its_status_headers_and_body() {
    let (at, heard) = serve(ok("geopend")).await;
    let mut ask = get(at, "/aanvraag?stap=1#top");
    ask.headers.push(("X-Probe".into(), "start page".into()));
    let fetched = world().fetch(&ask).await.unwrap();
    assert_eq!((fetched.status, fetched.body.as_slice(), fetched.truncated), (200, &b"geopend"[..], false));
    assert_eq!(fetched.address, Some(at.ip()));
    assert!(fetched.headers.contains(&("content-length".into(), "7".into())));
    assert!(fetched.took > SignedDuration::ZERO && fetched.tls.is_none());
    let request = heard.all().remove(0);
    assert!(request.starts_with("GET /aanvraag?stap=1 HTTP/1.1\r\n"), "{request}");
    for line in [format!("host: {at}"), "user-agent: Tend/0.1".into(), "x-probe: start page".into()] {
        assert!(request.contains(&line), "{request}");
    }
}

#[tokio::test]
async fn a_status_is_an_answer_whatever_it_is() {
    let (at, _) = serve(Served::Bytes(b"HTTP/1.1 503 Closed\r\nContent-Length: 0\r\n\r\n".to_vec())).await;
    assert_eq!(world().fetch(&get(at, "/")).await.unwrap().status, 503);
}

#[tokio::test]
async fn a_target_that_never_answers_is_timed_out() {
    for served in
        [Served::ThenSilence(Vec::new()), Served::Drip, Served::ThenSilence(b"HTTP/1.1 200 OK\r\n".to_vec())]
    {
        let (at, _) = serve(served).await;
        let ask = Fetch { timeout: briefly(), ..get(at, "/") };
        let failed = world().fetch(&ask).await.unwrap_err();
        assert_eq!((failed.fault, failed.why), (Fault::Theirs, Why::TimedOut));
        assert!(failed.after >= briefly());
    }
}

#[tokio::test]
async fn a_body_that_stops_halfway_is_timed_out_or_broken() {
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec();
    let (silent, _) = serve(Served::ThenSilence(half.clone())).await;
    let failed = world().fetch(&Fetch { timeout: briefly(), ..get(silent, "/") }).await.unwrap_err();
    assert_eq!(failed.why, Why::TimedOut);
    let (closed, _) = serve(Served::Bytes(half)).await;
    assert_eq!(world().fetch(&get(closed, "/")).await.unwrap_err().why, Why::Broken);
}

#[tokio::test]
async fn a_stream_without_end_is_cut_at_the_limit() {
    let head = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    let (at, _) = serve(Served::Endless(head, vec![b'x'; 10_000])).await;
    for limit in [0, 1, 65_536] {
        let fetched = world().fetch(&Fetch { max_body: limit, ..get(at, "/") }).await.unwrap();
        assert_eq!((fetched.body.len(), fetched.truncated), (limit, true));
    }
}

#[tokio::test]
async fn a_body_at_the_limit_is_whole_and_one_past_it_is_cut() {
    let (at, _) = serve(ok("12345")).await;
    let whole = world().fetch(&Fetch { max_body: 5, ..get(at, "/") }).await.unwrap();
    assert_eq!((whole.body.len(), whole.truncated), (5, false));
    let cut = world().fetch(&Fetch { max_body: 4, ..get(at, "/") }).await.unwrap();
    assert_eq!((cut.body.as_slice(), cut.truncated), (&b"1234"[..], true));
}

#[tokio::test]
async fn headers_without_end_are_refused() {
    let (at, _) = serve(Served::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-More: yes\r\n".to_vec())).await;
    let failed = world().fetch(&get(at, "/")).await.unwrap_err();
    assert_eq!((failed.fault, failed.why), (Fault::Theirs, Why::TooLarge), "{failed}");
}

#[tokio::test]
async fn what_is_not_http_is_said_so() {
    for garbage in
        [&b"SSH-2.0-OpenSSH_9.9\r\n"[..], b"\x00\x01\x02\xff\xfe\r\n\r\n", b"HTTP/1.1 abc OK\r\n\r\n"]
    {
        let (at, _) = serve(Served::Bytes(garbage.to_vec())).await;
        let failed = world().fetch(&get(at, "/")).await.unwrap_err();
        assert_eq!((failed.fault, failed.why), (Fault::Theirs, Why::Protocol), "{failed}");
    }
    let (at, _) = serve(Served::Bytes(Vec::new())).await;
    assert_eq!(world().fetch(&get(at, "/")).await.unwrap_err().why, Why::Broken);
}

#[tokio::test]
async fn nobody_listening_is_refused() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let failed = world().fetch(&get(gone, "/")).await.unwrap_err();
    assert_eq!((failed.fault, failed.why), (Fault::Theirs, Why::Refused));
}

#[tokio::test]
async fn a_packed_body_is_unpacked_and_a_bomb_is_cut() {
    use std::io::Write as _;
    let packed = |body: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(body).unwrap();
        let packed = packer.finish().unwrap();
        let mut answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
        answer.extend(packed);
        Served::Bytes(answer)
    };
    let (small, _) = serve(packed(b"geopend")).await;
    let fetched = world().fetch(&get(small, "/")).await.unwrap();
    assert_eq!((fetched.body.as_slice(), fetched.truncated), (&b"geopend"[..], false));
    // 32 MiB become 32 KiB on the wire.
    let (bomb, _) = serve(packed(&vec![0u8; 32 << 20])).await;
    let fetched = world().fetch(&Fetch { max_body: 65_536, ..get(bomb, "/") }).await.unwrap();
    assert_eq!((fetched.body.len(), fetched.truncated), (65_536, true));
    let lie = Served::Bytes(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nplain".to_vec());
    let (lie, _) = serve(lie).await;
    assert_eq!(world().fetch(&get(lie, "/")).await.unwrap_err().why, Why::Protocol);
}

fn redirect(to: &str) -> Served {
    Served::Bytes(format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes())
}

#[tokio::test]
async fn the_guard_holds_at_the_first_hop_and_after_a_redirect() {
    let (at, heard) = serve(redirect("http://169.254.169.254/latest/meta-data/")).await;
    let failed = world().fetch(&get(at, "/")).await.unwrap_err();
    assert_eq!((failed.fault, failed.why), (Fault::Refused, Why::Guarded));
    assert_eq!(heard.all().len(), 1);
    let strict = world_with(|settings| settings.allow.clear());
    for hidden in [
        format!("http://{at}/"),
        "http://169.254.169.254/".into(),
        "http://[fd00:ec2::254]/".into(),
        "http://[::ffff:169.254.169.254]/".into(),
        "http://[64:ff9b::a9fe:a9fe]/".into(),
        format!("http://2130706433:{}/", at.port()),
        format!("http://0x7f.1:{}/", at.port()),
        format!("http://localhost:{}/", at.port()),
    ] {
        let failed = strict.fetch(&Fetch::get(&hidden)).await.unwrap_err();
        assert_eq!((failed.fault, failed.why), (Fault::Refused, Why::Guarded), "{hidden}");
    }
    assert_eq!(heard.all().len(), 1, "nothing more was sent");
    let by_operator = Fetch { reach: Reach::Operator, redirects: 0, ..get(at, "/") };
    assert_eq!(strict.fetch(&by_operator).await.unwrap().status, 302);
}

#[tokio::test]
async fn redirects_are_followed_up_to_a_limit() {
    let (end, _) = serve(ok("there")).await;
    let (start, _) = serve(redirect(&format!("http://{end}/"))).await;
    assert_eq!(world().fetch(&get(start, "/")).await.unwrap().body, b"there");
    let not_followed = world().fetch(&Fetch { redirects: 0, ..get(start, "/") }).await.unwrap();
    assert_eq!(not_followed.status, 302);
    let (circle, heard) = serve(redirect("/again")).await;
    let failed = world().fetch(&get(circle, "/")).await.unwrap_err();
    assert_eq!((failed.fault, failed.why), (Fault::Theirs, Why::Redirect));
    assert_eq!(heard.all().len(), 6);
    let (elsewhere, _) = serve(redirect("file:///etc/passwd")).await;
    assert_eq!(world().fetch(&get(elsewhere, "/")).await.unwrap_err().why, Why::Redirect);
}

#[tokio::test]
async fn secrets_do_not_follow_a_redirect_elsewhere() {
    let (end, heard) = serve(ok("")).await;
    let (start, first) = serve(redirect(&format!("http://{end}/"))).await;
    let mut ask = Fetch::get(format!("http://noor:geheim@{start}/"));
    ask.method = "POST".into();
    ask.body = Some(b"code=1234".as_slice().into());
    ask.headers.push(("Cookie".into(), "session=1".into()));
    world().fetch(&ask).await.unwrap();
    assert!(first.all()[0].contains("authorization: Basic bm9vcjpnZWhlaW0="), "{:?}", first.all());
    assert!(first.all()[0].ends_with("code=1234"));
    let second = heard.all().remove(0);
    assert!(second.starts_with("GET "), "{second}");
    assert!(!second.contains("authorization") && !second.contains("cookie") && !second.contains("1234"));
}

#[tokio::test]
async fn a_certificate_is_judged_and_reported() {
    let good = Shown::new("localhost", 2030);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("root.pem");
    std::fs::write(&file, &good.authority).unwrap();
    let at = serve_tls(ok("secret"), &good).await;
    let ask = Fetch::get(format!("https://localhost:{}/", at.port()));
    let trusting = world_with(|settings| settings.root_files.push(file.clone()));
    let seen = trusting.fetch(&ask).await.unwrap().tls.unwrap();
    assert_eq!((seen.untrusted, seen.expires_at), (None, "2030-01-01T00:00:00Z".parse().unwrap()));
    assert!(
        seen.issuer.contains("Kustwerk authority") && seen.subject.contains("localhost"),
        "{}",
        seen.issuer
    );
    // Without that authority it is nobody's certificate.
    let failed = world().fetch(&ask).await.unwrap_err();
    assert_eq!((failed.fault, failed.why), (Fault::Theirs, Why::Tls));
    assert!(failed.what.contains("unknown authority"), "{failed}");
    // For another name: the address instead of `localhost`.
    let failed = trusting.fetch(&Fetch::get(format!("https://{at}/"))).await.unwrap_err();
    assert!(failed.why == Why::Tls && failed.what.contains("another name"), "{failed}");
}

#[tokio::test]
async fn an_expired_certificate_ends_the_call_or_is_reported_as_asked() {
    let old = Shown::new("localhost", 2025);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("root.pem");
    std::fs::write(&file, &old.authority).unwrap();
    let at = serve_tls(ok("secret"), &old).await;
    let world = world_with(|settings| settings.root_files.push(file));
    let ask = Fetch::get(format!("https://localhost:{}/", at.port()));
    let failed = world.fetch(&ask).await.unwrap_err();
    assert!(failed.why == Why::Tls && failed.what.contains("expired"), "{failed}");
    let fetched = world.fetch(&Fetch { verify_tls: false, ..ask }).await.unwrap();
    let seen = fetched.tls.unwrap();
    assert_eq!(fetched.body, b"secret");
    assert_eq!(seen.expires_at, "2025-01-01T00:00:00Z".parse().unwrap());
    assert!(seen.untrusted.is_some_and(|why| why.contains("expired")));
}

#[tokio::test]
async fn tls_with_a_server_that_has_none_fails_as_tls() {
    let (at, _) = serve(ok("plain")).await;
    let failed = world().fetch(&Fetch::get(format!("https://{at}/"))).await.unwrap_err();
    assert_eq!((failed.fault, failed.why), (Fault::Theirs, Why::Tls), "{failed}");
}

#[tokio::test]
async fn what_makes_no_sense_is_never_sent() {
    let world = world();
    for bad in ["", "example.org", "file:///etc/passwd", "gopher://x/", "http://", "http://exa mple/"] {
        let failed = world.fetch(&Fetch::get(bad)).await.unwrap_err();
        assert_eq!(failed.fault, Fault::Refused, "{bad}");
    }
    let (at, heard) = serve(ok("")).await;
    let mut smuggled = get(at, "/");
    smuggled.headers.push(("X-A".into(), "b\r\nX-C: d".into()));
    assert_eq!(world.fetch(&smuggled).await.unwrap_err().fault, Fault::Refused);
    assert!(heard.all().is_empty());
}

#[tokio::test]
async fn calls_beyond_the_limit_wait_and_are_not_blamed_on_the_target() {
    let (silent, _) = serve(Served::ThenSilence(Vec::new())).await;
    let world = world_with(|settings| settings.max_calls = Some(1));
    let (long, short) = (
        Fetch { timeout: SignedDuration::from_millis(400), ..get(silent, "/") },
        Fetch { timeout: briefly(), ..get(silent, "/") },
    );
    let (first, second) = tokio::join!(world.fetch(&long), world.fetch(&short));
    assert_eq!(first.unwrap_err().fault, Fault::Theirs);
    assert_eq!(second.unwrap_err().fault, Fault::Ours);
}

#[tokio::test]
async fn a_proxy_carries_the_call_and_its_faults_are_ours() {
    fn proxy(request: &str) -> String {
        match request {
            _ if !request.to_lowercase().contains("proxy-authorization: basic dtpw") => {
                "HTTP/1.1 407 Who\r\n\r\n".into()
            }
            _ if request.starts_with("GET http://1.1.1.1/x HTTP/1.1") => "HTTP/1.1 200 OK\r\n\r\nvia".into(),
            _ => "HTTP/1.1 504 Not there\r\n\r\n".into(),
        }
    }
    let (at, _) = serve(Served::By(proxy)).await;
    let through = world_with(|settings| settings.proxy = Some(format!("http://u:p@{at}")));
    assert_eq!(through.fetch(&Fetch::get("http://1.1.1.1/x")).await.unwrap().body, b"via");
    let failed = through.fetch(&Fetch::get("https://1.1.1.1/x")).await.unwrap_err();
    assert_eq!((failed.fault, failed.why), (Fault::Theirs, Why::Broken), "{failed}");
    let guarded = through.fetch(&Fetch::get("http://169.254.169.254/x")).await.unwrap_err();
    assert_eq!(guarded.fault, Fault::Refused);
    let unknown = world_with(|settings| settings.proxy = Some(format!("http://{at}")));
    let failed = unknown.fetch(&Fetch::get("https://1.1.1.1/x")).await.unwrap_err();
    assert_eq!((failed.fault, failed.why), (Fault::Ours, Why::Own), "{failed}");
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let dead = world_with(|settings| settings.proxy = Some(format!("http://{gone}")));
    assert_eq!(dead.fetch(&Fetch::get("http://1.1.1.1/x")).await.unwrap_err().fault, Fault::Ours);
}

#[tokio::test]
async fn a_connection_sends_and_reads_what_is_asked() {
    let (at, heard) = serve(ok("hi")).await;
    let ask = Connect {
        host: "127.0.0.1".into(),
        port: at.port(),
        tls: None,
        send: Some(b"GET / HTTP/1.1\r\n\r\n".as_slice().into()),
        read: 8,
        timeout: SignedDuration::from_secs(5),
        verify_tls: true,
        reach: Reach::Guarded,
    };
    let made = world().connect(&ask).await.unwrap();
    assert_eq!((made.address, made.read.as_slice()), (at.ip(), &b"HTTP/1.1"[..]));
    assert_eq!(heard.all().len(), 1);
    let shown = Shown::new("mail.example", 2027);
    let secure = serve_tls(ok("hi"), &shown).await;
    let ask = Connect { port: secure.port(), tls: Some("mail.example".into()), read: 0, send: None, ..ask };
    assert_eq!(world().connect(&ask).await.unwrap_err().why, Why::Tls);
    let made = world().connect(&Connect { verify_tls: false, ..ask.clone() }).await.unwrap();
    assert_eq!(made.tls.unwrap().expires_at, "2027-01-01T00:00:00Z".parse().unwrap());
    let guarded = world_with(|settings| settings.allow.clear()).connect(&ask).await.unwrap_err();
    assert_eq!(guarded.fault, Fault::Refused);
}

#[tokio::test]
async fn an_echo_comes_back_or_the_reason_says_what_to_do() {
    let ask = Ping { host: "127.0.0.1".into(), timeout: SignedDuration::from_secs(5), reach: Reach::Guarded };
    match world().ping(&ask).await {
        Ok(ponged) => assert!(ponged.address.is_loopback() && ponged.took < SignedDuration::from_secs(5)),
        Err(failed) => {
            assert_eq!(failed.fault, Fault::Ours, "{failed}");
            assert!(failed.what.contains("ping_group_range"), "{failed}");
        }
    }
    let guarded = Ping { host: "169.254.169.254".into(), ..ask };
    assert_eq!(world().ping(&guarded).await.unwrap_err().fault, Fault::Refused);
}

#[tokio::test]
async fn the_way_out_is_tested_once_for_many() {
    let (at, heard) = serve(Served::Bytes(b"HTTP/1.1 500 Oh\r\n\r\n".to_vec())).await;
    let world = world_with(|settings| settings.self_test = Some(format!("http://{at}/")));
    let (first, second) = tokio::join!(world.self_test(), world.self_test());
    assert!(first.is_ok() && second.is_ok(), "any answer proves the way");
    assert_eq!(heard.all().len(), 1);
    assert!(super::world().self_test().await.is_ok(), "none configured");
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let cut_off = world_with(|settings| settings.self_test = Some(format!("tcp://{gone}")));
    assert!(cut_off.self_test().await.is_err());
}
