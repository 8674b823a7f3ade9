//! One visit, as somebody makes it: the same for people of today, who meet the real site, and for those of the weeks
//! before, who met it when it worked.

use std::time::Duration;

use super::habits::User;
use super::lots::Lots;

/// What a page gave.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Page {
    /// Whether the page is what it should be.
    pub(crate) good: bool,
    /// Where one ended up, after redirects.
    pub(crate) path: String,
    /// How long it took.
    pub(crate) took: Duration,
}

/// What the tracker in the page tells.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Told {
    /// The name of the event, or of the measurement.
    pub(crate) name: &'static str,
    /// The page.
    pub(crate) path: String,
    /// The case, once there is one.
    pub(crate) case: Option<String>,
    /// A measurement of the load of the page.
    pub(crate) vital: Option<f64>,
}

/// Where a visit takes place.
pub(crate) trait Place {
    /// Opens a page; none when nothing came within the user's patience.
    async fn open(&mut self, user: &User, path: &str) -> Option<Page>;
    /// Sends a form.
    async fn send(&mut self, user: &User, path: &str, form: &str) -> Option<Page>;
    /// Lets time pass, seconds.
    async fn think(&mut self, seconds: f64);
    /// Tells what happened, as the tracker does.
    async fn tell(&mut self, user: &User, told: Vec<Told>);
}

/// A visit from the first page to the last.
pub(crate) async fn visit(place: &mut impl Place, user: &User, lots: &mut Lots) {
    let landing = format!("/{}", user.campaign);
    let mut here = Visit { place, user, lots, case: None };
    if !here.look(&landing).await {
        return;
    }
    here.think(2.0, 6.0).await;
    if !user.applies {
        if here.lots.odds(0.5) && here.look("/about").await {
            here.think(2.0, 8.0).await;
        }
        return;
    }
    let Some(payment) = here.apply().await else { return };
    if here.pays_later().await {
        here.look(&payment).await;
        here.think(1.0, 3.0).await;
    }
    here.pay(&payment).await;
}

struct Visit<'a, P> {
    place: &'a mut P,
    user: &'a User,
    lots: &'a mut Lots,
    case: Option<String>,
}

impl<P: Place> Visit<'_, P> {
    async fn think(&mut self, low: f64, high: f64) {
        let seconds = self.lots.between(low, high) * self.user.pace;
        self.place.think(seconds).await;
    }

    fn told(&self, name: &'static str, path: &str) -> Told {
        Told { name, path: path.to_owned(), case: self.case.clone(), vital: None }
    }

    /// Opens a page and has its tracker tell of it; false when it is not what it should be.
    async fn look(&mut self, path: &str) -> bool {
        let page = self.place.open(self.user, path).await;
        self.seen(page).await.is_some()
    }

    /// What the tracker tells of a page that came.
    async fn seen(&mut self, page: Option<Page>) -> Option<Page> {
        let page = page?;
        let mut told = vec![self.told("pageview", &page.path)];
        for (name, value) in vitals(self.user, self.lots, page.took) {
            told.push(Told { vital: Some(value), ..self.told(name, &page.path) });
        }
        if !page.good && page.path.ends_with("/payment") {
            told.push(self.told("payment failed", &page.path));
        }
        self.place.tell(self.user, told).await;
        page.good.then_some(page)
    }

    /// The form: started, perhaps left, perhaps wrong at first. Gives the address of the payment.
    async fn apply(&mut self) -> Option<String> {
        if !self.look("/apply").await {
            return None;
        }
        self.think(2.0, 5.0).await;
        self.place.tell(self.user, vec![self.told("form started", "/apply")]).await;
        self.think(4.0, 12.0).await;
        if self.user.leaves_form {
            self.place.tell(self.user, vec![self.told("form abandoned", "/apply")]).await;
            return None;
        }
        if self.user.errs {
            let page = self.place.send(self.user, "/apply", &self.form("")).await;
            self.submitted(page).await?;
            self.think(3.0, 8.0).await;
            if self.user.gives_up {
                self.place.tell(self.user, vec![self.told("form abandoned", "/apply")]).await;
                return None;
            }
        }
        let page = self.place.send(self.user, "/apply", &self.form(&self.user.plate)).await;
        let page = self.submitted(page).await?;
        page.path.ends_with("/payment").then_some(page.path)
    }

    async fn submitted(&mut self, page: Option<Page>) -> Option<Page> {
        self.place.tell(self.user, vec![self.told("form submitted", "/apply")]).await;
        let page = page?;
        let reference = page.path.split('/').nth(2).filter(|word| word.starts_with("LH-"));
        if let Some(reference) = reference {
            self.case = Some(reference.to_owned());
        }
        self.seen(Some(page)).await
    }

    fn form(&self, plate: &str) -> String {
        let user = self.user;
        let postcode = if user.resident { "3511AB" } else { "1012JS" };
        format!(
            "plate={plate}&name=Somebody&street=Lindelaan+4&postcode={postcode}&zone={}&months={}",
            user.zone, user.months
        )
    }

    /// Whether they go away and come back for it.
    async fn pays_later(&mut self) -> bool {
        if self.user.pays_later {
            self.think(40.0, 150.0).await;
        }
        self.user.pays_later
    }

    /// Pays, and tries again when it does not work.
    async fn pay(&mut self, payment: &str) {
        if self.user.leaves_payment {
            return;
        }
        for left in (0..=self.user.tries).rev() {
            self.think(2.0, 6.0).await;
            let page = self.place.send(self.user, payment, &format!("method={}", self.user.method)).await;
            if self.seen(page).await.is_some() {
                return;
            }
            if left > 0 {
                self.think(3.0, 9.0).await;
            }
        }
    }
}

/// What the browser measures: the time the answer really took, and what the device adds.
fn vitals(user: &User, lots: &mut Lots, took: Duration) -> Vec<(&'static str, f64)> {
    let ms = took.as_secs_f64() * 1000.0;
    let slow = if user.mobile { 1.9 } else { 1.0 };
    let ttfb = ms + lots.between(30.0, 160.0) * slow;
    let fcp = ttfb + lots.between(150.0, 500.0) * slow;
    let lcp = fcp + lots.between(80.0, 900.0) * slow;
    let mut found = vec![("ttfb", ttfb), ("fcp", fcp), ("lcp", lcp)];
    if lots.odds(0.7) {
        found.push(("inp", lots.between(16.0, 140.0) * slow));
    }
    found.push(("cls", if lots.odds(0.85) { lots.between(0.0, 0.04) } else { lots.between(0.08, 0.3) }));
    found
}
