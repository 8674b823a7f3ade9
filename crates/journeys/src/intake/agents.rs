//! Who has the page open: the device, the browser and the system, and whether it is a program. Programs are told
//! apart and kept apart, never dropped: what is filtered can be looked at.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::lake::Device;
use rustc_hash::FxBuildHasher;
use woothee::parser::Parser;

/// The longest `User-Agent` that is looked at, in bytes; real ones have up to 500.
const MAX_AGENT: usize = 1_024;
/// User agents whose meaning is remembered. A busy site sees a few thousand a day.
const REMEMBERED: usize = 8_192;

/// Browsers without a screen and tools that drive one.
const HEADLESS: &[&str] = &[
    "headless",
    "phantomjs",
    "jsdom",
    "puppeteer",
    "playwright",
    "selenium",
    "webdriver",
    "cypress/",
    "electron-prerender",
    "prerender",
    "lighthouse",
    "pagespeed",
    "gtmetrix",
    "splash/",
    "zombie.js",
];

/// Parts of names of programs; what calls itself a bot, crawler or spider is found by the word.
const PROGRAMS: &[&str] = &[
    "aiohttp",
    "ahrefs",
    "apache-httpclient",
    "archive.org",
    "axios/",
    "bingpreview",
    "bytespider",
    "chatgpt-user",
    "check_http",
    "claude-",
    "curl/",
    "datadog",
    "dataprovider",
    "embedly",
    "facebookexternalhit",
    "feedfetcher",
    "feedly",
    "go-http-client",
    "google-inspectiontool",
    "google-read-aloud",
    "googleother",
    "grafana",
    "guzzlehttp",
    "httpclient",
    "httpie/",
    "httpx/",
    "httrack",
    "ia_archiver",
    "insomnia/",
    "java/",
    "jakarta",
    "libcurl",
    "libwww",
    "masscan",
    "mastodon/",
    "meta-externalagent",
    "nagios",
    "netcraft",
    "newrelic",
    "nikto",
    "nmap",
    "node-fetch",
    "node.js",
    "nuclei",
    "okhttp",
    "oai-searchbot",
    "perplexity",
    "pingdom",
    "postman",
    "probe",
    "prometheus",
    "python-",
    "python/",
    "qwantify",
    "reqwest/",
    "ruby/",
    "scrapy",
    "semrush",
    "site24x7",
    "sitechecker",
    "skypeuripreview",
    "slurp",
    "sqlmap",
    "statuscake",
    "synthetics",
    "undici",
    "uptime",
    "urlgrabber",
    "validator",
    "wget/",
    "whatsapp/",
    "winhttp",
    "yandexmetrika",
    "zabbix",
    "zgrab",
];

/// Whole names of programs.
const NAMES: &[&str] =
    &["node", "bun", "deno", "curl", "wget", "ruby", "java", "php", "python", "mozilla/5.0", "-"];

/// Makers of telephones whose name holds the word bot.
const PHONES: &[&str] = &["cubot"];

/// What a `User-Agent` tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agent {
    /// What the user has in hand.
    pub device: Device,
    /// The browser's family.
    pub browser: String,
    /// The system's family.
    pub os: String,
    /// Empty for people; else `agent`, `headless` or `empty`.
    pub bot: &'static str,
}

/// Reads a `User-Agent`.
#[must_use]
pub fn agent_of(text: &str) -> Agent {
    let text = super::incoming::clip(text.trim(), MAX_AGENT);
    if text.is_empty() {
        return Agent { bot: "empty", ..Agent::default() };
    }
    let lower = text.to_lowercase();
    let found = Parser::new().parse(text);
    let category = found.as_ref().map_or("", |found| found.category);
    let bot = if HEADLESS.iter().any(|word| lower.contains(word)) {
        "headless"
    } else if is_program(&lower, category) {
        "agent"
    } else {
        ""
    };
    let known = |word: &str| if word == "UNKNOWN" { String::new() } else { word.to_owned() };
    Agent {
        device: device_of(&lower, category, bot),
        browser: found.as_ref().map(|found| known(found.name)).unwrap_or_default(),
        os: found.as_ref().map(|found| known(found.os)).unwrap_or_default(),
        bot,
    }
}

fn is_program(lower: &str, category: &str) -> bool {
    if NAMES.contains(&lower) || PROGRAMS.iter().any(|word| lower.contains(word)) {
        return true;
    }
    let phone = PHONES.iter().any(|name| lower.contains(name));
    if phone {
        return false;
    }
    // Its own rules know crawlers that do not say so.
    category == "crawler"
        || ["bot", "crawler", "spider", "crawl", "scrape"].iter().any(|word| ends_a_word(lower, word))
}

/// Whether `word` is the end of some word of the text: `Googlebot/2.1`, `+https://x/bot.html`, but not `botany`.
fn ends_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word)
        .any(|(at, _)| text[at + word.len()..].chars().next().is_none_or(|next| !next.is_ascii_alphabetic()))
}

fn device_of(lower: &str, category: &str, bot: &str) -> Device {
    let tablet = lower.contains("ipad")
        || lower.contains("tablet")
        || lower.contains("kindle")
        || (lower.contains("android") && !lower.contains("mobile"));
    match category {
        _ if !bot.is_empty() && category != "pc" && category != "smartphone" => Device::Other,
        _ if tablet && !lower.contains("windows nt") => Device::Tablet,
        "pc" => Device::Desktop,
        "smartphone" | "mobilephone" => Device::Mobile,
        "appliance" | "misc" => Device::Other,
        _ if lower.contains("mobi") => Device::Mobile,
        _ => Device::Unknown,
    }
}

/// What user agents mean, remembered: the same few come thousands of times.
#[derive(Default)]
pub struct Agents(Mutex<HashMap<String, Arc<Agent>, FxBuildHasher>>);

impl Agents {
    /// What a `User-Agent` tells.
    pub fn of(&self, text: &str) -> Arc<Agent> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = held.get(text) {
            return Arc::clone(known);
        }
        drop(held);
        // Not under the lock: a few hundred patterns are tried.
        let agent = Arc::new(agent_of(text));
        if text.len() <= MAX_AGENT {
            held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if held.len() >= REMEMBERED {
                held.clear();
            }
            held.insert(text.to_owned(), Arc::clone(&agent));
        }
        agent
    }
}

#[cfg(test)]
mod tests;
