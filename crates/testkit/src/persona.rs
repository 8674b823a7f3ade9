//! People with verbs. They act as people do: they read their letters, click the links in them, sign in, look
//! at screens and press buttons.

use std::sync::Arc;

use kernel::world::Mail;

use crate::browser::{Browser, Seen, links};
use crate::outside::{Letter, Outside};

/// The password of everybody in town. Long enough for any rule.
pub const PASSWORD: &str = "vuurtoren op het duin 1874";

/// Somebody of the town.
#[derive(Clone)]
pub struct Persona {
    /// What they are called.
    pub name: String,
    /// Where their letters arrive.
    pub address: String,
    /// Their browser.
    pub browser: Browser,
    outside: Arc<Outside>,
}

impl Persona {
    pub(crate) fn new(name: &str, browser: Browser, outside: Arc<Outside>) -> Self {
        let address = format!("{}@kustwerk.example", name.to_lowercase());
        Persona { name: name.to_owned(), address, browser, outside }
    }

    /// Where their phone is reached.
    #[must_use]
    pub fn phone(&self) -> String {
        format!("https://push.example/{}", self.name.to_lowercase())
    }

    fn about(mail: &Mail, what: &str) -> bool {
        let what = what.to_lowercase();
        mail.subject.to_lowercase().contains(&what) || mail.text.to_lowercase().contains(&what)
    }

    /// Reads the letters about something; there must be one that asks them to act, which is returned.
    ///
    /// # Panics
    /// When there is none.
    pub fn is_paged_about(&self, what: &str) -> Letter {
        let mut read = self.outside.reads(&self.address, |mail| Self::about(mail, what));
        let asked = read.iter().position(|letter| acknowledge_link(&letter.mail).is_some());
        match asked {
            Some(at) => read.swap_remove(at),
            None => panic!("{} was not paged about {what}; letters: {:#?}", self.name, self.letters()),
        }
    }

    /// Whether a page lies unread in their mailbox.
    #[must_use]
    pub fn has_a_page(&self) -> bool {
        let letters = self.outside.letters();
        letters.iter().any(|one| {
            !one.read && one.mail.to.contains(&self.address) && acknowledge_link(&one.mail).is_some()
        })
    }

    /// Nothing unread lies in their mailbox.
    ///
    /// # Panics
    /// When something does.
    pub fn hears_nothing(&self) {
        let unread: Vec<_> = self.letters().into_iter().filter(|(read, _)| !read).collect();
        assert!(unread.is_empty(), "{} was written to: {unread:#?}", self.name);
    }

    /// Reads the letter that says that it works again.
    ///
    /// # Panics
    /// When there is none.
    pub fn is_told_that_it_works_again(&self, what: &str) {
        let all_clear = |mail: &Mail| Self::about(mail, what) && acknowledge_link(mail).is_none();
        let read = self.outside.reads(&self.address, all_clear);
        assert!(
            !read.is_empty(),
            "{} was not told that {what} works; letters: {:#?}",
            self.name,
            self.letters()
        );
    }

    /// Reads whatever lies in the mailbox, and says how many letters that were.
    pub fn reads_everything(&self) -> usize {
        self.outside.reads(&self.address, |_| true).len()
    }

    /// Looks at the phone: how many messages came.
    pub fn looks_at_the_phone(&self) -> usize {
        self.outside.looks_at(&self.phone()).len()
    }

    fn letters(&self) -> Vec<(bool, String)> {
        let letters = self.outside.letters();
        let theirs = letters.into_iter().filter(|letter| letter.mail.to.contains(&self.address));
        theirs.map(|letter| (letter.read, letter.mail.subject)).collect()
    }

    /// Opens the link in a letter by which the page is taken on, and presses the button there.
    pub async fn acknowledges_by(&self, letter: &Letter) -> Seen {
        let link = acknowledge_link(&letter.mail).expect("the letter has a link to acknowledge by");
        let page = self.browser.opens(&link).await;
        assert!(page.status.is_success(), "{} {}", page.status, page.text());
        let path = page.path.clone();
        self.browser.submits(&page, path.split('?').next().unwrap_or_default(), &[]).await
    }

    /// Takes an invitation: opens its link, chooses a password, and is signed in then.
    ///
    /// # Panics
    /// When it does not work.
    pub async fn takes_the_invitation(&self, link: &str) {
        let page = self.browser.opens(link).await;
        let seen = self.browser.fills_in(&page, "password", &[("password", PASSWORD)]).await;
        assert!(seen.status.is_success(), "{} {}", seen.status, seen.text());
    }

    /// Signs in with the password.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn signs_in(&self) {
        let page = self.browser.opens("/sign-in").await;
        let form = [("mail", self.address.as_str()), ("password", PASSWORD)];
        let seen = self.browser.fills_in(&page, "password", &form).await;
        assert!(seen.status.is_success(), "{} {}", seen.status, seen.text());
    }

    /// The state of every probe of a service, as the list shows it.
    pub async fn sees_probe_states(&self, service: &str) -> Vec<String> {
        let list = self.browser.reads("/probes").await.json();
        let mut states = Vec::new();
        collect(&list, &mut |one| {
            if one["id"].as_str().is_some_and(|id| id.starts_with("prb_"))
                && one.to_string().contains(service)
            {
                states.push(one["state"].as_str().unwrap_or_default().to_owned());
            }
        });
        states
    }

    /// How many incidents of a service the list shows.
    pub async fn counts_incidents(&self, service: &str) -> usize {
        let list = self.browser.reads("/incidents").await.json();
        let mut ids = Vec::new();
        collect(&list, &mut |one| {
            if one["id"].as_str().is_some_and(|id| id.starts_with("inc_"))
                && one.to_string().contains(service)
            {
                ids.push(one["id"].to_string());
            }
        });
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    }

    /// Takes on the open incident of a service, on its screen.
    ///
    /// # Panics
    /// When there is none, or the button does not work.
    pub async fn acknowledges(&self, service: &str) {
        let id = self.finds_incident(service).await;
        let screen = self.browser.opens(&format!("/incidents/{id}")).await;
        let seen = self.browser.submits(&screen, &format!("/incidents/{id}/acknowledge"), &[]).await;
        assert!(seen.status.is_success(), "{} {}", seen.status, seen.text());
    }

    /// The id of the newest incident of a service, as the list shows it.
    ///
    /// # Panics
    /// When the list shows none.
    pub async fn finds_incident(&self, service: &str) -> String {
        let list = self.browser.reads("/incidents").await;
        let json = list.json();
        let found = find(&json, &|one| {
            one["id"].as_str().is_some_and(|id| id.starts_with("inc_")) && one.to_string().contains(service)
        });
        let incident = found.unwrap_or_else(|| panic!("no incident of {service}: {json:#}"));
        incident["id"].as_str().unwrap_or_default().to_owned()
    }
}

/// The first object anywhere in a JSON value that fits.
#[must_use]
pub fn find<'j>(
    value: &'j serde_json::Value,
    fits: &dyn Fn(&serde_json::Value) -> bool,
) -> Option<&'j serde_json::Value> {
    match value {
        serde_json::Value::Object(map) => {
            if fits(value) {
                Some(value)
            } else {
                map.values().find_map(|inner| find(inner, fits))
            }
        }
        serde_json::Value::Array(list) => list.iter().find_map(|inner| find(inner, fits)),
        _ => None,
    }
}

/// Visits every object anywhere in a JSON value.
pub(crate) fn collect(value: &serde_json::Value, visit: &mut dyn FnMut(&serde_json::Value)) {
    match value {
        serde_json::Value::Object(map) => {
            visit(value);
            map.values().for_each(|inner| collect(inner, visit));
        }
        serde_json::Value::Array(list) => list.iter().for_each(|inner| collect(inner, visit)),
        _ => {}
    }
}

/// The link in a letter by which a page is taken on without signing in.
#[must_use]
pub fn acknowledge_link(mail: &Mail) -> Option<String> {
    links(&mail.text).into_iter().find(|link| link.contains("/a/") || link.contains("/acknowledge/"))
}
