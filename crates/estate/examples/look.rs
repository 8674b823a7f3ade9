//! Renders the screens of the estate into a folder, to look at: `cargo run -p estate --example look -- DIR`.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args().nth(1).ok_or("name a folder")?;
    let out = Path::new(&out);
    std::fs::create_dir_all(out.join("assets"))?;
    for (name, bytes) in web::assets() {
        std::fs::write(out.join("assets").join(name), bytes)?;
    }
    let part = web::Part { name: "estate", templates: estate::TEMPLATES, texts: estate::TEXTS };
    let pages = web::Pages::new(&[part])?;
    let now = "2026-03-01T03:00:00Z".parse()?;
    for sample in estate::samples() {
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
