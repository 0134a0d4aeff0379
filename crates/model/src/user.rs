//! People: profiles, sign-in, passwords.
use crate::{Micros, Problem, Role, text::Checks};
use serde::{Deserialize, Serialize};

/// Longest e-mail address kept (RFC 5321).
pub const MAX_EMAIL: usize = 254;
/// Shortest and longest password, in characters. Length is the whole policy, with a list of what everybody tries.
pub const MIN_PASSWORD: usize = 12;
pub const MAX_PASSWORD: usize = 256;

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UserProfile {
    pub id: i64,
    pub full_name: String,
    pub role: Role,
    pub email: String,
    pub tenant_id: String,
    pub avatar_url: Option<String>,
    pub team: Option<String>,
    pub manager: Option<String>,
    pub computer: Option<String>,
    pub mobile_phone: Option<String>,
    /// IANA name, such as `Europe/Madrid`.
    pub timezone: String,
    /// A disabled person cannot sign in; what they did stays.
    pub is_active: bool,
    pub must_change_password: bool,
    pub last_login_at: Option<Micros>,
    pub created_at: Micros,
    pub updated_at: Micros,
}

#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewUser {
    pub full_name: String,
    pub role: String,
    pub email: String,
    pub password: String,
    #[serde(default)]
    pub team: Option<String>,
    #[serde(default)]
    pub manager: Option<String>,
    #[serde(default)]
    pub computer: Option<String>,
    #[serde(default)]
    pub mobile_phone: Option<String>,
    #[serde(default)]
    pub timezone: Option<String>,
}

/// Fields left out stay as they are.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UserChange {
    #[serde(default)]
    pub full_name: Option<String>,
    #[serde(default)]
    pub role: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub team: Option<String>,
    #[serde(default)]
    pub manager: Option<String>,
    #[serde(default)]
    pub computer: Option<String>,
    #[serde(default)]
    pub mobile_phone: Option<String>,
    #[serde(default)]
    pub timezone: Option<String>,
    #[serde(default)]
    pub is_active: Option<bool>,
}

/// A checked `NewUser`; the e-mail is lower-cased.
#[derive(Clone, Debug)]
pub struct ValidUser {
    pub full_name: String,
    pub role: Role,
    pub email: String,
    pub password: String,
    pub team: Option<String>,
    pub manager: Option<String>,
    pub computer: Option<String>,
    pub mobile_phone: Option<String>,
    pub timezone: String,
}

/// A checked `UserChange`: `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct ValidUserChange {
    pub full_name: Option<String>,
    pub role: Option<Role>,
    pub email: Option<String>,
    pub team: Option<String>,
    pub manager: Option<String>,
    pub computer: Option<String>,
    pub mobile_phone: Option<String>,
    pub timezone: Option<String>,
    pub is_active: Option<bool>,
}

pub fn normal_email(text: &str) -> String {
    text.trim().to_lowercase()
}

fn check_email(c: &mut Checks, email: &str) -> String {
    let email = normal_email(&c.required("email", email, MAX_EMAIL));
    let ok = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && !host.is_empty()
            && !host.contains('@')
            && !email.contains(char::is_whitespace)
    });
    if !ok && !email.is_empty() {
        c.add("email", "not_an_email", "is not an e-mail address such as ana@example.org");
    }
    email
}

fn check_role(c: &mut Checks, role: &str) -> Role {
    Role::parse(role).unwrap_or_else(|| {
        c.add("role", "unknown", "must be admin, team_lead, senior_analyst or analyst");
        Role::Analyst
    })
}

/// What everybody tries first; compared without case.
const COMMON: [&str; 8] = [
    "password1234",
    "123456789012",
    "qwertyuiop12",
    "administrator",
    "passwordpassword",
    "changemechangeme",
    "letmeinletmein",
    "eventseceventsec",
];

/// Length, and not what everybody tries, and not one's own address.
pub fn check_password(field: &str, password: &str, email: &str) -> Result<(), Problem> {
    let n = password.chars().count();
    let lower = password.to_lowercase();
    if n < MIN_PASSWORD {
        return Err(Problem::field(
            field,
            "too_short",
            &format!("needs at least {MIN_PASSWORD} characters, has {n}"),
        ));
    }
    if n > MAX_PASSWORD {
        return Err(Problem::field(
            field,
            "too_long",
            &format!("has {n} characters, at most {MAX_PASSWORD} are allowed"),
        ));
    }
    if COMMON.contains(&lower.as_str()) || (!email.is_empty() && lower == email.to_lowercase()) {
        return Err(Problem::field(field, "too_common", "is one that everybody tries first"));
    }
    Ok(())
}

impl NewUser {
    pub fn check(self) -> Result<ValidUser, Problem> {
        self.check_with(check_password)
    }

    /// With another policy for the password, which is given the address too.
    pub fn check_with(
        self,
        policy: impl FnOnce(&str, &str, &str) -> Result<(), Problem>,
    ) -> Result<ValidUser, Problem> {
        let mut c = Checks::new();
        let valid = ValidUser {
            full_name: c.required("full_name", &self.full_name, 120),
            role: check_role(&mut c, &self.role),
            email: check_email(&mut c, &self.email),
            team: c.optional("team", self.team.as_deref(), 120),
            manager: c.optional("manager", self.manager.as_deref(), 120),
            computer: c.optional("computer", self.computer.as_deref(), 120),
            mobile_phone: c.optional("mobile_phone", self.mobile_phone.as_deref(), 40),
            timezone: c
                .optional("timezone", self.timezone.as_deref(), 64)
                .unwrap_or_else(|| "Europe/Madrid".into()),
            password: self.password,
        };
        if let Err(p) = policy("password", &valid.password, &valid.email) {
            for e in p.errors {
                c.add("password", &e.code, e.message);
            }
        }
        c.finish(valid)
    }
}

impl UserChange {
    pub fn check(self) -> Result<ValidUserChange, Problem> {
        let mut c = Checks::new();
        let valid = ValidUserChange {
            full_name: self.full_name.map(|v| c.required("full_name", &v, 120)),
            role: self.role.map(|v| check_role(&mut c, &v)),
            email: self.email.map(|v| check_email(&mut c, &v)),
            team: self.team.map(|v| c.bounded("team", &v, 120)),
            manager: self.manager.map(|v| c.bounded("manager", &v, 120)),
            computer: self.computer.map(|v| c.bounded("computer", &v, 120)),
            mobile_phone: self.mobile_phone.map(|v| c.bounded("mobile_phone", &v, 40)),
            timezone: self.timezone.map(|v| c.required("timezone", &v, 64)),
            is_active: self.is_active,
        };
        c.finish(valid)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PasswordChange {
    pub current_password: String,
    pub new_password: String,
}

/// What a reset answers, once: it is stored only as a hash.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OneTimePassword {
    pub email: String,
    pub password: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Credentials {
    pub email: String,
    pub password: String,
}

/// The contract's answer to `POST /auth/login`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LoginResponse {
    pub access_token: String,
    pub token_type: String,
    pub user: UserProfile,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> NewUser {
        serde_json::from_str(r#"{"full_name":"Ana","role":"analyst","email":" Ana@Example.ORG ","password":"correct horse battery"}"#).unwrap()
    }

    #[test]
    fn addresses_are_kept_in_lower_case() {
        assert_eq!(ana().check().unwrap().email, "ana@example.org");
    }

    #[test]
    fn every_wrong_field_is_named() {
        let bad = NewUser {
            email: "nobody".into(),
            role: "root".into(),
            password: "short".into(),
            full_name: " ".into(),
            ..ana()
        };
        let p = bad.check().unwrap_err();
        let mut fields: Vec<_> = p.errors.iter().map(|e| e.pointer.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["/email", "/full_name", "/password", "/role"]);
    }

    #[test]
    fn common_passwords_and_ones_own_address_are_refused() {
        assert!(
            check_password("p", "PasswordPassword", "").unwrap_err().errors[0].code == "too_common"
        );
        assert!(check_password("p", "ana@example.org", "ana@example.org").is_err());
        assert!(check_password("p", "a longer one than that", "").is_ok());
    }
}
