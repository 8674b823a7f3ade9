use super::*;

fn code(text: &str) -> String {
    Source::new("crates/a/src/lib.rs", text).code.join("\n")
}

#[test]
fn comments_and_texts_are_blanked() {
    assert_eq!(code("a // b\nc"), "a     \nc");
    assert_eq!(code("a /* b /* c */ d */ e"), "a                   e");
    assert_eq!(code("f(\"a\\\"b\", c)"), "f(\"    \", c)");
    assert_eq!(code("x = r#\"a\"b\"#; y"), "x = \"      \"; y");
    assert_eq!(code("b\"ab\" br\"ab\""), "b\"  \" b\"   \"");
    assert_eq!(code("'\"' 'a' '\\'' fn f<'a>(x: &'a str)"), "\" \" \" \" \"  \" fn f<'a>(x: &'a str)");
    assert_eq!(code("for r in rows {}"), "for r in rows {}");
}

#[test]
fn lines_stay_where_they_are() {
    let text = "let a = \"one\n two\";\n/* three\n four */ five\n";
    assert_eq!(code(text).lines().count(), text.lines().count());
    assert!(code(text).lines().nth(3).is_some_and(|line| line.ends_with("five")));
}

#[test]
fn tests_are_told_from_what_ships() {
    let text = "fn a() {}\n#[cfg(test)]\nmod tests;\nfn b() {}\n#[cfg(test)]\nmod inner {\n    fn c() { if x { y } }\n}\nfn d() {}\n";
    let source = Source::new("crates/a/src/lib.rs", text);
    let shipped: Vec<_> = source.shipped().map(|(line, _)| line).collect();
    assert_eq!(shipped, [1, 4, 9]);
    assert!(source.is_test(7));
    let whole = Source::new("crates/a/src/lib/tests.rs", "fn a() {}\n");
    assert_eq!(whole.shipped().count(), 0);
}
