//! Serves the screens of `web` itself on loopback, to try keys, dialogs and live parts by hand:
//! `cargo run -p web --example stage`, with the cookie `tend=admin`.

use web::testing::Stage;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = web::Settings { base_url: "http://127.0.0.1:8099".into(), ..web::Settings::default() };
    let stage = Stage::with(web::Routes::new("stage"), &[], &[], settings.clone()).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8099").await?;
    web::serve(listener, stage.app.clone(), &settings, std::future::pending()).await;
    Ok(())
}
