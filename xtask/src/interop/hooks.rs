//! The hooks that `palisade hook install` writes, called by git itself.

use anyhow::{Result, bail};

use super::{Bench, observed};
use crate::project::run;

/// Made up for this test, and put together here so that no scanner finds it in this file.
const PASSWORD: &str = concat!("Rk7v", "Tq2m", "Zx9w");

/// A commit with a secret is refused, one without is not; the same for a push past the first hook.
pub(super) fn hooks(bench: &Bench) -> Result<String> {
    bench.debian("git", "git")?;
    let work = bench.scratch.join("work");
    let remote = bench.scratch.join("remote.git");
    std::fs::create_dir_all(&work)?;
    run(&mut bench.git(&bench.scratch, &["init", "--quiet", "--bare", "remote.git"]))?;
    run(&mut bench.git(&work, &["init", "--quiet", "--initial-branch=main"]))?;
    let address = remote.to_string_lossy().into_owned();
    run(&mut bench.git(&work, &["remote", "add", "origin", &address]))?;
    let (code, _, errors) = observed(&mut bench.palisade(&work, &["hook", "install"]))?;
    if code != 0 {
        bail!("hook install ended with {code}: {errors}");
    }

    std::fs::write(work.join("app.py"), "print('hello')\n")?;
    run(&mut bench.git(&work, &["add", "."]))?;
    let (code, _, errors) = observed(&mut bench.git(&work, &["commit", "--quiet", "--message=Greet"]))?;
    if code != 0 {
        bail!("a clean commit was refused: {errors}");
    }
    run(&mut bench.git(&work, &["push", "--quiet", "origin", "main"]))?;

    std::fs::write(work.join("settings.py"), format!("DATABASE_PASSWORD = \"{PASSWORD}\"\n"))?;
    run(&mut bench.git(&work, &["add", "."]))?;
    let (code, out, errors) = observed(&mut bench.git(&work, &["commit", "--quiet", "--message=Leak"]))?;
    if code == 0 {
        bail!("a commit with a password went through: {out}{errors}");
    }
    if out.contains(PASSWORD) || errors.contains(PASSWORD) {
        bail!("the hook printed the password");
    }
    run(&mut bench.git(&work, &["commit", "--quiet", "--no-verify", "--message=Leak anyway"]))?;
    let (code, out, errors) = observed(&mut bench.git(&work, &["push", "--quiet", "origin", "main"]))?;
    if code == 0 {
        bail!("a push of a password went through: {out}{errors}");
    }
    if out.contains(PASSWORD) || errors.contains(PASSWORD) {
        bail!("the push hook printed the password");
    }
    Ok("clean commits and pushes go through, a password stops both and is not printed".to_owned())
}
