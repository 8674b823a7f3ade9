//! Every screen, panel and letter with its examples, without a database: for `tend pages` and its tests.

use jiff::Timestamp;
use kernel::Problem;
use minijinja::{Value, context};

use crate::answer::AnyView;
use crate::asks::Reader;
use crate::moment::Moment;
use crate::nav::KNOWN;
use crate::pages::{Pages, Sample, SampleOf};
use crate::text::Text;

/// One rendered example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// A file name without its ending: `respond-incident.many.nl`.
    pub name: String,
    /// The page, fragment or HTML half of a letter.
    pub html: String,
    /// The text half, of a letter.
    pub text: Option<String>,
}

impl Pages {
    /// Renders an example as a reader sees it at `now`. Strict: a text that is missing, or lacks what it
    /// speaks of, is a problem.
    pub fn example(&self, sample: &Sample, reader: &Reader, now: Timestamp) -> Result<Example, Problem> {
        let strict = Moment { strict: true, csrf: "sample".into(), ..Moment::new(reader.clone(), now) };
        let stem = sample.template.trim_end_matches(".html").replace(['/', '.'], "-");
        let name = format!("{stem}.{}.{}", sample.case, reader.language);
        match &sample.what {
            SampleOf::Letter(letter) => {
                let written = self.write(&**letter, Moment { letter: true, ..strict })?;
                Ok(Example { name, html: written.html, text: Some(written.text) })
            }
            SampleOf::View(view) => {
                let value = context! {
                    frame => self.sample_frame(&**view, reader),
                    panels => "",
                    ..view.value()
                };
                Ok(Example { name, html: self.render(view.template(), value, strict)?, text: None })
            }
        }
    }

    fn sample_frame(&self, view: &dyn AnyView, reader: &Reader) -> Value {
        let say = |text: &Text| self.text(text, reader.language);
        let mut known = KNOWN.to_vec();
        crate::nav::give_keys(&mut known);
        let nav: Vec<Value> = known
            .iter()
            .map(|entry| {
                context! {
                    area => entry.area,
                    key => entry.key.to_string(),
                    text => say(&Text::key(format!("nav-{}", entry.area))),
                    href => entry.href,
                    icon => entry.icon,
                    count => (entry.area == "incidents").then_some(2),
                    lit => entry.area == view.area(),
                }
            })
            .collect();
        let crumbs: Vec<Value> =
            view.crumbs().iter().map(|(text, href)| context! { text => say(text), href }).collect();
        context! {
            lang => reader.language.tag(),
            theme => reader.theme.word(),
            area => view.area(),
            title => say(&view.title()),
            operator => "Kustwerk",
            crumbs,
            nav,
            person => "Noor Kaya",
            profile => "/me",
            sign_out => "/sign-out",
            live => view.live(),
            toast => (),
            problem => (),
            here => "/",
            id => "panel-sample",
        }
    }
}

/// The examples of `web` itself.
#[must_use]
pub fn own_samples() -> Vec<Sample> {
    let mut all = crate::pages::samples_of::<crate::kitchen::Kitchen>();
    all.extend(crate::pages::samples_of::<crate::search::SearchView>());
    all.extend(crate::pages::samples_of::<crate::openapi::Reference>());
    all.extend(crate::pages::samples_of::<crate::problems::Problems>());
    all
}
