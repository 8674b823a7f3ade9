use super::*;

fn check(text: &str, bot: &str, device: Device, browser: &str, os: &str) {
    let found = agent_of(text);
    let told = (found.bot, found.device, found.browser.as_str(), found.os.as_str());
    assert_eq!(told, (bot, device, browser, os), "{text}");
}

#[test]
fn people_have_a_device_a_browser_and_a_system() {
    let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
    check(chrome, "", Device::Desktop, "Chrome", "Windows 10");
    let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
    check(iphone, "", Device::Mobile, "Safari", "iPhone");
    let ipad = "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1";
    check(ipad, "", Device::Tablet, "Safari", "iPad");
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0";
    check(firefox, "", Device::Desktop, "Firefox", "Linux");
    let tab = "Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36";
    check(tab, "", Device::Tablet, "Chrome", "Android");
}

#[test]
fn programs_are_told_apart() {
    for text in [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "curl/7.88.1",
        "node",
        "python-requests/2.34.2",
        "Go-http-client/2.0",
        "facebookexternalhit/1.1",
        "SomethingSpider",
    ] {
        assert_eq!(agent_of(text).bot, "agent", "{text}");
    }
    for text in [
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.0.0 Safari/537.36",
        "Mozilla/5.0 (linux) AppleWebKit/537.36 (KHTML, like Gecko) jsdom/24.1.3",
    ] {
        assert_eq!(agent_of(text).bot, "headless", "{text}");
    }
    assert_eq!(agent_of("").bot, "empty");
}

#[test]
fn a_telephone_is_no_program_for_its_name() {
    let cubot = "Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36";
    assert_eq!((agent_of(cubot).bot, agent_of(cubot).device), ("", Device::Mobile));
    assert_eq!(
        agent_of("Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0 Abbott").bot,
        ""
    );
}

#[test]
fn what_is_known_is_remembered_and_memory_is_bounded() {
    let agents = Agents::default();
    for n in 0..REMEMBERED + 10 {
        agents.of(&format!("agent {n}"));
    }
    assert!(agents.0.lock().unwrap().len() <= REMEMBERED);
    assert!(Arc::ptr_eq(&agents.of("curl/8"), &agents.of("curl/8")));
}
