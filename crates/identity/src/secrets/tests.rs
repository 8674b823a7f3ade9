use store::testing::scope_at;

use super::*;

#[tokio::test]
async fn a_password_is_recognised_and_a_wrong_one_is_not() {
    let scope = scope_at("2026-03-01T03:00:00Z");
    let kept = hash_password(&scope, "vijf rode fietsen").await.unwrap();
    assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
    assert_ne!(kept, hash_password(&scope, "vijf rode fietsen").await.unwrap(), "each with its own salt");
    assert_eq!(
        verify_password(&scope, "vijf rode fietsen", Some(kept.clone())).await.unwrap(),
        Verdict::Right
    );
    assert_eq!(verify_password(&scope, "vijf rode fietsen ", Some(kept)).await.unwrap(), Verdict::Wrong);
}

#[tokio::test]
async fn an_unknown_name_and_a_broken_row_are_wrong_passwords() {
    let scope = scope_at("2026-03-01T03:00:00Z");
    assert_eq!(verify_password(&scope, "nobody has this password", None).await.unwrap(), Verdict::Wrong);
    assert_eq!(verify_password(&scope, "x", Some("not a hash".into())).await.unwrap(), Verdict::Wrong);
    assert_eq!(verify_password(&scope, &"x".repeat(10_000_000), None).await.unwrap(), Verdict::Wrong);
}

#[test]
fn an_unknown_name_does_the_same_work() {
    // Time is not measured here: what decides it is that the dummy has the parameters of a real hash.
    assert!(is_current(&PasswordHash::new(&NOBODYS).unwrap()));
}

#[tokio::test]
async fn old_parameters_are_renewed_at_the_next_sign_in() {
    let scope = scope_at("2026-03-01T03:00:00Z");
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
    let old: phc::PasswordHash =
        argon2::PasswordHasher::hash_password_with_salt(&weak, b"vijf rode fietsen", &[1; 16]).unwrap();
    match verify_password(&scope, "vijf rode fietsen", Some(old.to_string())).await.unwrap() {
        Verdict::RightAndAnew(new) => assert!(is_current(&PasswordHash::new(&new).unwrap())),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        verify_password(&scope, "zes rode fietsen", Some(old.to_string())).await.unwrap(),
        Verdict::Wrong
    );
}

#[test]
fn a_token_is_known_by_its_form() {
    let scope = scope_at("2026-03-01T03:00:00Z");
    let token = fresh_token(&scope);
    assert!(token.starts_with("tend_") && token.len() == 5 + 52 + 6, "{token}");
    assert!(is_token(&token));
    assert_ne!(token, fresh_token(&scope));
    let mut typo = token.clone().into_bytes();
    typo[10] = if typo[10] == b'0' { b'1' } else { b'0' };
    assert!(!is_token(&String::from_utf8(typo).unwrap()));
    for bad in ["", "tend_", "tend_é", &token[..60], &format!("{token}a")] {
        assert!(!is_token(bad), "{bad}");
    }
    assert!(is(&token, &kept(&token)) && !is(&token[1..], &kept(&token)));
}

#[test]
fn codes_from_an_app_hold_for_the_step_and_its_neighbours() {
    // RFC 6238 appendix B: the secret "12345678901234567890", SHA-1; its last six digits at 59 s.
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let at = |second| Timestamp::from_second(second).unwrap();
    assert_eq!(totp_code(secret, at(59)).as_deref(), Some("287082"));
    assert_eq!(totp_step(secret, "287082", at(59)), Some(1));
    assert_eq!(totp_step(secret, " 287 082", at(89)), Some(1));
    assert_eq!(totp_step(secret, "287082", at(90)), None);
    for bad in ["", "28708", "2870822", "28708a", "٢٨٧٠٨٢", "000000"] {
        assert_eq!(totp_step(secret, bad, at(59)), None, "{bad}");
    }
}

#[test]
fn a_fresh_secret_makes_an_address_and_a_picture() {
    let scope = scope_at("2026-03-01T03:00:00Z");
    let secret = fresh_totp(&scope);
    let url = totp_url(&secret, "Kustwerk: Tend", "noor@kustwerk.example").unwrap();
    assert!(url.starts_with("otpauth://totp/") && url.contains(&secret), "{url}");
    let svg = qr_svg(&url).unwrap();
    assert!(svg.trim_start().starts_with("<svg") && !svg.contains("style="), "{}", &svg[..80]);
    assert!(totp_step(&secret, &totp_code(&secret, scope.now()).unwrap(), scope.now()).is_some());
}

#[test]
fn codes_to_recover_are_read_as_people_type_them() {
    let codes = fresh_recovery(&scope_at("2026-03-01T03:00:00Z"));
    assert_eq!(codes.len(), RECOVERY_CODES);
    let code = &codes[0];
    assert_eq!(clean_recovery(&code.to_uppercase().replace('-', " ")).as_ref(), Some(code));
    assert_eq!(clean_recovery("too short"), None);
    assert_eq!(fresh_code(&scope_at("2026-03-01T03:00:00Z")).len(), 6);
}

#[test]
fn what_is_sealed_opens_with_its_key_only() {
    let text = "tend_secret é ".repeat(10);
    let sealed = seal("key", &text);
    assert!(!sealed.contains(&hex(b"tend_secret")));
    assert_eq!(unseal("key", &sealed), Some(text.clone()));
    assert_ne!(unseal("other", &sealed), Some(text));
    assert_eq!(unseal("key", "zz"), None);
    assert_eq!(unseal("key", "é"), None);
}
