use super::*;

fn content() -> Content {
    Content {
        message_id: "pag_1@tend.example".into(),
        subject: "Parking permits is down".into(),
        text: "Parking permits is down\n\nThe start page answers 503 since 03:00 <b>&</b>.".into(),
        html: None,
        link: Some("https://tend.example/incidents/inc_1?a=1".into()),
        urgent: true,
        headers: Vec::new(),
    }
}

fn header<'a>(hook: &'a Hook, name: &str) -> Option<&'a str> {
    hook.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
}

fn json(hook: &Hook) -> serde_json::Value {
    serde_json::from_slice(&hook.body).unwrap()
}

#[test]
fn a_chat_gets_text_in_which_nothing_is_markup_by_accident() {
    let hook = chat("https://chat.example/hooks/x", &content());
    assert_eq!(
        json(&hook)["text"],
        "*Parking permits is down*\nThe start page answers 503 since 03:00 &lt;b&gt;&amp;&lt;/b&gt;.\n\
         <https://tend.example/incidents/inc_1?a=1>"
    );
    assert_eq!(hook.reach, Reach::Guarded);
}

#[test]
fn ntfy_gets_headers_and_a_body() {
    let hook = push("https://ntfy.example/noor", Some("tk_1"), &content());
    assert_eq!(header(&hook, "Title"), Some("Parking permits is down"));
    assert_eq!(header(&hook, "Priority"), Some("urgent"));
    assert_eq!(header(&hook, "Click"), Some("https://tend.example/incidents/inc_1?a=1"));
    assert_eq!(header(&hook, "Authorization"), Some("Bearer tk_1"));
    assert_eq!(hook.body, b"The start page answers 503 since 03:00 <b>&</b>.");
}

#[test]
fn a_title_outside_ascii_or_with_a_line_break_stays_one_header() {
    let mut wild = content();
    wild.subject = "Betalen é\r\nX-Evil: 1".into();
    let hook = push("https://ntfy.example/noor", None, &wild);
    let title = header(&hook, "Title").unwrap();
    assert!(title.starts_with("=?UTF-8?B?") && title.is_ascii() && !title.contains('\n'), "{title}");
    wild.link = Some("https://x.example/\r\nX-Evil: 1".into());
    assert_eq!(header(&push("https://ntfy.example/noor", Some("a\r\nb"), &wild), "Click"), None);
    assert_eq!(header(&push("https://ntfy.example/noor", Some("a\r\nb"), &wild), "Authorization"), None);
}

#[test]
fn gotify_is_known_by_its_address() {
    let hook = push("https://push.example/gotify/message", Some("A1"), &content());
    assert_eq!(header(&hook, "X-Gotify-Key"), Some("A1"));
    let body = json(&hook);
    assert_eq!(body["priority"], 9);
    assert_eq!(
        body["extras"]["client::notification"]["click"]["url"],
        "https://tend.example/incidents/inc_1?a=1"
    );
}

fn gateway(url: &str, kind: Option<&str>, body: &str) -> SmsGateway {
    SmsGateway {
        url: url.into(),
        method: "POST".into(),
        headers: kind.map(|kind| ("Content-Type".to_owned(), kind.to_owned())).into_iter().collect(),
        body: body.into(),
    }
}

#[test]
fn a_gateway_is_filled_for_its_content_type_and_a_text_is_never_a_template() {
    let text = "He said \"{number}\" & left\n";
    let json_body = gateway("https://sms.example/send", None, r#"{"to":"{number}","body":"{text}"}"#);
    let hook = json_body.hook("+31600000001", text);
    assert_eq!(json(&hook)["body"], text);
    assert_eq!(header(&hook, "Content-Type"), Some("application/json"));
    assert_eq!(hook.reach, Reach::Operator);

    let form = gateway(
        "https://sms.example/send",
        Some("application/x-www-form-urlencoded"),
        "to={number}&text={text}",
    );
    let body = String::from_utf8(form.hook("+31600000001", text).body).unwrap();
    assert_eq!(body, "to=%2B31600000001&text=He%20said%20%22%7Bnumber%7D%22%20%26%20left%0A");

    let in_url = gateway("https://sms.example/send?to={number}&text={text}", None, "");
    assert!(in_url.hook("+31600000001", "a b").url.ends_with("?to=%2B31600000001&text=a%20b"));
}

#[test]
fn a_gateway_that_cannot_work_is_refused() {
    let wrong = |gateway: SmsGateway| gateway.mistakes();
    assert_eq!(wrong(gateway("https://sms.example/?n={number}&t={text}", None, "")), vec![]);
    assert_eq!(wrong(gateway("ftp://x", None, "{number}{text}"))[0].0, "url");
    assert_eq!(
        wrong(gateway("https://x.example", None, "{text}")),
        vec![("body", "field-sms-number-missing")]
    );
    assert_eq!(
        wrong(gateway("https://x.example", None, "{number}")),
        vec![("body", "field-sms-text-missing")]
    );
    assert_eq!(
        wrong(gateway("https://x.example", None, r#"{"to":"{number}","text":{text}}"#)),
        vec![("body", "field-bad-json")]
    );
    let mut headers = gateway("https://x.example", None, "{number}{text}");
    headers.headers.push(("X-Key".into(), "a\r\nb".into()));
    assert_eq!(wrong(headers), vec![("headers", "field-bad-header")]);
}

#[test]
fn a_text_message_fits_and_keeps_its_link() {
    let mut long = content();
    long.text = "é ".repeat(2000);
    let said = short(&long);
    assert!(said.chars().count() <= MAX_SMS, "{}", said.chars().count());
    assert!(said.ends_with(long.link.as_deref().unwrap()));
}

#[test]
fn a_mail_says_that_no_human_wrote_it() {
    let mail = mail("noor@kustwerk.example", &content());
    assert!(mail.headers.contains(&("Auto-Submitted".into(), "auto-generated".into())));
    assert_eq!(mail.message_id, "pag_1@tend.example");
}
