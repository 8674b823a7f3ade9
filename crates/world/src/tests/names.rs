use super::*;
use hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, SOA, TXT};
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::UdpSocket;

/// A name server: `up.example` is on loopback, `hidden.example` at the metadata address, `broken.example`
/// cannot be answered, `silent.example` is not, and nothing else is there.
async fn name_server() -> (SocketAddr, Arc<AtomicUsize>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let at = socket.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut buffer = [0u8; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            count.fetch_add(1, Ordering::SeqCst);
            let question = Message::from_vec(&buffer[..length]).unwrap();
            if let Some(answer) = answer(&question) {
                socket.send_to(&answer.to_vec().unwrap(), from).await.unwrap();
            }
        }
    });
    (at, asked)
}

fn answer(question: &Message) -> Option<Message> {
    let query = question.queries[0].clone();
    let name = query.name().to_string();
    let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
    answer.metadata.message_type = MessageType::Response;
    answer.add_query(query.clone());
    let data = match (name.trim_end_matches('.'), query.query_type()) {
        ("silent.example", _) => return None,
        ("broken.example", _) => {
            answer.metadata.response_code = ResponseCode::ServFail;
            None
        }
        ("up.example", RecordType::A) => Some(RData::A(A::new(127, 0, 0, 1))),
        ("up.example", RecordType::TXT) => Some(RData::TXT(TXT::new(vec!["v=spf1 -all".into()]))),
        ("hidden.example", RecordType::A) => Some(RData::A(A::new(169, 254, 169, 254))),
        ("up.example" | "hidden.example", _) => None,
        _ => {
            answer.metadata.response_code = ResponseCode::NXDomain;
            None
        }
    };
    let name = query.name().clone();
    if let Some(data) = data {
        answer.add_answer(Record::from_rdata(name, 300, data));
    } else if answer.metadata.response_code == ResponseCode::NoError {
        // Says for how long the absence may be remembered.
        let soa = SOA::new(name.clone(), name.clone(), 1, 300, 300, 300, 300);
        answer.add_authority(Record::from_rdata(name, 300, RData::SOA(soa)));
    }
    Some(answer)
}

fn asking(name: &str, kind: RecordKind, server: Option<SocketAddr>) -> Resolve {
    Resolve {
        name: name.into(),
        kind,
        server: server.map(|server| server.to_string()),
        timeout: SignedDuration::from_millis(600),
        reach: Reach::Guarded,
    }
}

#[tokio::test]
async fn a_name_is_resolved_once_and_then_remembered() {
    let (server, asked) = name_server().await;
    let world = world_with(|settings| settings.resolvers = vec![server.to_string()]);
    let (at, _) = servers::serve(servers::ok("here")).await;
    let ask = Fetch::get(format!("http://up.example:{}/", at.port()));
    assert_eq!(world.fetch(&ask).await.unwrap().address, Some(at.ip()));
    let after_first = asked.load(Ordering::SeqCst);
    for _ in 0..3 {
        world.fetch(&ask).await.unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), after_first);
}

#[tokio::test]
async fn a_name_that_leads_to_metadata_is_refused() {
    let (server, _) = name_server().await;
    let world = world_with(|settings| settings.resolvers = vec![server.to_string()]);
    let failed = world.fetch(&Fetch::get("http://hidden.example/")).await.unwrap_err();
    assert_eq!((failed.fault, failed.why), (Fault::Refused, Why::Guarded));
}

#[tokio::test]
async fn no_such_name_is_theirs_and_no_answer_is_ours() {
    let (server, _) = name_server().await;
    let world = world_with(|settings| settings.resolvers = vec![server.to_string()]);
    for (host, fault, why) in [
        ("gone.example", Fault::Theirs, Why::Name),
        ("broken.example", Fault::Ours, Why::Own),
        ("silent.example", Fault::Ours, Why::Own),
    ] {
        let ask =
            Fetch { timeout: SignedDuration::from_millis(600), ..Fetch::get(format!("http://{host}/")) };
        let failed = world.fetch(&ask).await.unwrap_err();
        assert_eq!((failed.fault, failed.why), (fault, why), "{host}: {failed}");
    }
}

#[tokio::test]
async fn a_server_that_is_itself_the_target_is_to_blame() {
    let (server, _) = name_server().await;
    let world = world();
    let found = world.resolve(&asking("up.example", RecordKind::A, Some(server))).await.unwrap();
    assert_eq!(found.records, ["127.0.0.1"]);
    let found = world.resolve(&asking("up.example", RecordKind::Txt, Some(server))).await.unwrap();
    assert_eq!(found.records, ["v=spf1 -all"]);
    let none = world.resolve(&asking("up.example", RecordKind::Mx, Some(server))).await.unwrap();
    assert!(none.records.is_empty());
    for (name, why) in
        [("gone.example", Why::Name), ("broken.example", Why::Protocol), ("silent.example", Why::TimedOut)]
    {
        let failed = world.resolve(&asking(name, RecordKind::A, Some(server))).await.unwrap_err();
        assert_eq!((failed.fault, failed.why), (Fault::Theirs, why), "{name}: {failed}");
    }
    let guarded = world_with(|settings| settings.allow.clear());
    let failed = guarded.resolve(&asking("up.example", RecordKind::A, Some(server))).await.unwrap_err();
    assert_eq!(failed.fault, Fault::Refused);
}
