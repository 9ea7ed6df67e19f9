//! The binary `license`: the front door for people. One file per verb, all of them thin.
mod assets;
mod files;
mod keys;
mod seal;
mod setup;
mod trust;

fn main() -> anyhow::Result<()> {
    use license_core::issue::*;
    use license_core::fill::*;
    let dir = std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    let a = assets::open(None)?;
    let catalog = assets::catalog(&*a)?;
    let fonts = assets::fonts(a.clone())?;
    let now = time::OffsetDateTime::now_utc();
    if !dir.join("office.toml").exists() { setup::sample_deployment(&dir, "HTTP://127.0.0.1:8080/V/", b"test", &catalog, &fonts, now)?; }
    let d = license_server::deployment::Deployment::open(&dir, b"test")?;
    let printer = Printer::new(fonts.clone());
    for t in catalog.iter() {
        let f = d.office.issuer_of_type(t.id()).unwrap();
        let issuer = d.issuers.iter().find(|i| i.code().as_str() == f.code).unwrap();
        let mut sample = t.sample.clone();
        sample[&t.file.core.issuer] = issuer.name().into();
        let filled = match fill(t, &sample, &FillContext { issuer_name: issuer.name(), issuer_code: *issuer.code(), today: license_core::calendar::china_date(now), fonts: Some(&fonts) }) { Ok(f) => f, Err(e) => { println!("{}: {e:#?}", t.id()); continue } };
        let id = license_core::id::LicenseId::new(t.file.kind.code.parse()?, issuer.code().clone(), "2026000001", 1)?;
        let occ = Occasion { at: now, address: "HTTP://127.0.0.1:8080/V/", status: 1, specimen: true };
        let t0 = std::time::Instant::now();
        let issued = issue(filled, id, issuer, &printer, &occ)?;
        println!("{} {:?} ofd {} pdf {} {}", t.id(), t0.elapsed(), issued.ofd().len(), issued.pdf().len(), issued.index());
        std::fs::write(dir.join(format!("{}.ofd", t.id())), issued.ofd())?;
        std::fs::write(dir.join(format!("{}.pdf", t.id())), issued.pdf())?;
        use license_core::verify::*;
        for bytes in [issued.ofd(), issued.pdf(), issued.index().to_string().as_bytes()] {
            let facts = inspect(bytes, &Limits::default());
            let report = judge(&facts, &d.trust, &Policy { press: Some(Press { catalog: &catalog, fonts: &fonts }), ..Policy::default() }, now);
            println!("{:?} {:?} {:?}", report.kind, report.verdict, report.integrity);
            for c in &report.checks { if c.outcome != Outcome::Passed { println!("   {c:?}"); } }
        }
    }
    Ok(())
}
