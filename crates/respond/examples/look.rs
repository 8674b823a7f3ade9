//! Renders the screens of this feature into a folder, to look at: `cargo run -p respond --example look -- DIR`.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args().nth(1).ok_or("name a folder")?;
    let out = Path::new(&out);
    std::fs::create_dir_all(out.join("assets"))?;
    for (name, bytes) in web::assets() {
        std::fs::write(out.join("assets").join(name), bytes)?;
    }
    let pages = web::Pages::new(&[web::Part {
        name: "respond",
        templates: respond::TEMPLATES,
        texts: respond::TEXTS,
    }])?;
    let now = "2026-11-21T03:12:00Z".parse()?;
    for sample in respond::samples().into_iter().chain(respond::letters()) {
        for language in web::Language::ALL {
            for theme in [web::Theme::Light, web::Theme::Dark] {
                let reader = web::Reader { language, theme, ..web::Reader::default() };
                let example = pages.example(&sample, &reader, now)?;
                let html = example.html.replace("\"/assets/", "\"assets/").replace("\"/favicon", "\"favicon");
                std::fs::write(out.join(format!("{}.{}.html", example.name, theme.word())), html)?;
            }
        }
    }
    Ok(())
}
