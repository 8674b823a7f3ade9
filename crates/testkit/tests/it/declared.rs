use testkit::{Town, minutes};

const TEN_LINES: &str = r#"
people:
  - { name: Ana, email: ana@kustwerk.example, contact: [{ mail: ana@kustwerk.example }], rules: [mail at once] }
services:
  - name: My site
    probes: [{ name: home, http: "https://my-site.example/", every: 30s }]
    on_call: [Ana]
"#;

#[tokio::test]
async fn a_service_declared_in_ten_lines_is_watched() {
    Town::tells(TEN_LINES, async |town| {
        let ana = town.person("Ana");
        town.passes(minutes(5)).await;
        assert!(town.outside.asked("my-site.example") >= 9);
        town.breaks("My site");
        town.passes(minutes(3)).await;
        let page = ana.is_paged_about("My site");
        ana.acknowledges_by(&page).await;
        town.heals("My site");
        town.passes(minutes(15)).await;
        ana.is_told_that_it_works_again("My site");
    })
    .await;
}
