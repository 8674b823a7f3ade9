use jiff::SignedDuration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::routes::Routes;
use crate::testing::Stage;

/// A listener on loopback with the stage behind it; `stop` ends it.
async fn open(
    settings: Settings,
) -> (std::net::SocketAddr, tokio::sync::oneshot::Sender<()>, tokio::task::JoinHandle<usize>) {
    let stage = Stage::with(Routes::new("demo"), &[], &[], settings.clone()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let served = tokio::spawn(async move {
        let stage = stage;
        serve(listener, stage.app.clone(), &settings, async { drop(stopped.await) }).await
    });
    (address, stop, served)
}

async fn all_of(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text).await;
    String::from_utf8_lossy(&text).into_owned()
}

fn quick() -> Settings {
    Settings {
        header_time: SignedDuration::from_millis(120),
        body_time: SignedDuration::from_millis(120),
        ..Settings::default()
    }
}

#[tokio::test]
async fn a_client_that_never_finishes_its_head_is_cut() {
    let (address, stop, served) = open(quick()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nslow: ").await.unwrap();
    let got = tokio::time::timeout(Duration::from_secs(5), all_of(&mut stream)).await;
    assert!(got.is_ok(), "the connection is closed by us");
    stop.send(()).unwrap();
    assert_eq!(served.await.unwrap(), 0);
}

#[tokio::test]
async fn a_client_that_never_finishes_its_body_is_told() {
    let (address, _stop, _served) = open(quick()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = b"POST /look HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\nconnection: close\r\n\r\ntheme=";
    stream.write_all(head).await.unwrap();
    let got = tokio::time::timeout(Duration::from_secs(5), all_of(&mut stream)).await.unwrap();
    assert!(got.starts_with("HTTP/1.1 504"), "{got}");
}

#[tokio::test]
async fn a_stop_lets_requests_in_hand_finish_and_takes_no_new_ones() {
    let (address, stop, served) = open(Settings::default()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"POST /look HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\na").await.unwrap();
    // The request is in hand once a later one on another connection was answered.
    let mut other = TcpStream::connect(address).await.unwrap();
    other.write_all(b"GET /favicon.svg HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(all_of(&mut other).await.starts_with("HTTP/1.1 200"));
    stop.send(()).unwrap();
    tokio::task::yield_now().await;
    stream.write_all(b"=b").await.unwrap();
    let got = tokio::time::timeout(Duration::from_secs(5), all_of(&mut stream)).await.unwrap();
    assert!(got.starts_with("HTTP/1.1 403"), "the form without a seal is still answered: {got}");
    assert_eq!(served.await.unwrap(), 0);
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn connections_over_the_limit_wait_for_a_seat() {
    let settings = Settings { max_connections: 1, ..Settings::default() };
    let (address, _stop, _served) = open(settings).await;
    let ask = b"GET /favicon.svg HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut first = TcpStream::connect(address).await.unwrap();
    first.write_all(ask).await.unwrap();
    let mut byte = [0u8; 1];
    first.read_exact(&mut byte).await.unwrap();
    let mut second = TcpStream::connect(address).await.unwrap();
    second.write_all(ask).await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(80), second.read_exact(&mut byte)).await;
    assert!(early.is_err(), "no seat yet");
    drop(first);
    tokio::time::timeout(Duration::from_secs(5), second.read_exact(&mut byte)).await.unwrap().unwrap();
}
