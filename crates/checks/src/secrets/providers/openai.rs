//! OpenAI: formats and sources are on the page `openai.md`.

use super::super::detector::{Detector, Provider};

const OPENAI: Provider =
    Provider { page: include_str!("openai.md"), advice: "revoke it at https://platform.openai.com/api-keys" };

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    OPENAI
        .token("secrets/openai-api-key", "OpenAI API key", &["T3BlbkFJ"], r"sk-[0-9A-Za-z]{20}T3BlbkFJ[0-9A-Za-z]{20}")
        .before(23)
        .critical(),
    OPENAI
        .token(
            "secrets/openai-project-key",
            "OpenAI project, service account or admin key",
            &["T3BlbkFJ"],
            r"sk-(?:proj|svcacct|admin)-[0-9A-Za-z_-]{20,74}T3BlbkFJ[0-9A-Za-z_-]{20,74}",
        )
        .before(90)
        .critical(),
];
