//! tmp
#![allow(clippy::unwrap_used)]
mod common;
#[test]
fn open_all() {
    let Some(dir) = common::corpus() else { return };
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "pdf")).collect();
    files.sort();
    for f in files {
        let bytes = std::fs::read(&f).unwrap();
        let facts = pdf_sign::inspect(&bytes, &Default::default());
        let got = facts.flaws();
        for r in &facts.revisions { if !r.changes.is_empty() { println!("      {:?}", r.changes.iter().map(|c| format!("{} {:?}", c.object, c.kind)).collect::<Vec<_>>()); } }
        println!("{:50} {:?}", f.file_name().unwrap().to_str().unwrap(), got);
    }
}
