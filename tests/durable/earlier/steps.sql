-- As a database was left when what was posted of a turn was a step of DBOS's, on either kind.
CREATE TABLE approvals (team VARCHAR NOT NULL, channel VARCHAR NOT NULL, answer VARCHAR NOT NULL, digest VARCHAR NOT NULL, number INTEGER NOT NULL, thread_ts VARCHAR NOT NULL, message_ts VARCHAR DEFAULT '' NOT NULL, person VARCHAR NOT NULL, approvers VARCHAR DEFAULT '' NOT NULL, state VARCHAR NOT NULL, decided_by VARCHAR DEFAULT '' NOT NULL, asked_at FLOAT NOT NULL, expires_at FLOAT NOT NULL, shown VARCHAR DEFAULT 'open' NOT NULL, PRIMARY KEY (team, channel, answer, digest, number));
CREATE INDEX ix_approvals_asked_at ON approvals (asked_at);
CREATE TABLE budgets (team VARCHAR NOT NULL, method VARCHAR NOT NULL, state TEXT NOT NULL, changed_at FLOAT NOT NULL, PRIMARY KEY (team, method));
CREATE TABLE feedback (team VARCHAR NOT NULL, channel VARCHAR NOT NULL, answer VARCHAR NOT NULL, person VARCHAR NOT NULL, verdict VARCHAR NOT NULL, note VARCHAR DEFAULT '' NOT NULL, given_at FLOAT NOT NULL, PRIMARY KEY (team, channel, answer, person));
CREATE TABLE installations (client VARCHAR NOT NULL, team VARCHAR NOT NULL, org_wide BOOLEAN NOT NULL, token VARCHAR NOT NULL, refresh_token VARCHAR NOT NULL, expires_at FLOAT NOT NULL, installed_at FLOAT DEFAULT 0 NOT NULL, PRIMARY KEY (client, team));
CREATE TABLE oauth_states (state VARCHAR NOT NULL, expires_at FLOAT NOT NULL, PRIMARY KEY (state));
CREATE TABLE preferences (team VARCHAR NOT NULL, holder VARCHAR NOT NULL, installer VARCHAR NOT NULL, language VARCHAR NOT NULL, model VARCHAR NOT NULL, instructions VARCHAR NOT NULL, sealed BOOLEAN NOT NULL, changed_at FLOAT NOT NULL, follow VARCHAR DEFAULT '' NOT NULL, off BOOLEAN DEFAULT false NOT NULL, PRIMARY KEY (team, holder));
CREATE TABLE schema_versions (version INTEGER NOT NULL, usable_from INTEGER NOT NULL, release VARCHAR NOT NULL, PRIMARY KEY (version));
CREATE TABLE spending (team VARCHAR NOT NULL, person VARCHAR NOT NULL, period VARCHAR NOT NULL, turns INTEGER NOT NULL, tokens BIGINT NOT NULL, micros BIGINT NOT NULL, PRIMARY KEY (team, person, period));
CREATE TABLE threads (team VARCHAR NOT NULL, channel VARCHAR NOT NULL, thread_ts VARCHAR NOT NULL, joined_at FLOAT DEFAULT 0 NOT NULL, left_ts VARCHAR DEFAULT '' NOT NULL, PRIMARY KEY (team, channel, thread_ts));
CREATE TABLE turns (team VARCHAR NOT NULL, channel VARCHAR NOT NULL, ts VARCHAR NOT NULL, thread_ts VARCHAR NOT NULL, person VARCHAR NOT NULL, stage VARCHAR NOT NULL, replica VARCHAR NOT NULL, attempts INTEGER NOT NULL, alone INTEGER DEFAULT 0 NOT NULL, at_work BOOLEAN DEFAULT false NOT NULL, ending VARCHAR, vanished VARCHAR NOT NULL, begun_at FLOAT NOT NULL, reserved INTEGER DEFAULT 0 NOT NULL, reserved_on VARCHAR DEFAULT '' NOT NULL, PRIMARY KEY (team, channel, ts));
CREATE INDEX ix_turns_begun_at ON turns (begun_at);
CREATE UNIQUE INDEX one_running_turn_a_thread ON turns (team, channel, thread_ts) WHERE stage IN ('thinking', 'writing');
CREATE INDEX turns_of_a_replica ON turns (replica, stage);
CREATE TABLE usage (team VARCHAR NOT NULL, person VARCHAR NOT NULL, day VARCHAR NOT NULL, model VARCHAR NOT NULL, turns INTEGER NOT NULL, input_tokens BIGINT NOT NULL, output_tokens BIGINT NOT NULL, micros BIGINT NOT NULL, PRIMARY KEY (team, person, day, model));
INSERT INTO threads (team, channel, thread_ts) VALUES ('T1', 'C1', '1.0');
INSERT INTO turns (team, channel, ts, thread_ts, person, stage, replica, attempts, ending, vanished, begun_at)
    VALUES ('T1', 'C1', '2.0', '1.0', 'U1', 'over', 'a', 1, 'done', '', 2.0);
INSERT INTO feedback VALUES ('T1', 'C1', '2.0', 'U1', 'good', 'Thank you', 3.0);
INSERT INTO usage VALUES ('T1', 'U1', '2026-11-27', 'openai:gpt-4.1-mini', 4, 100, 200, 5000);
INSERT INTO installations VALUES ('A1', 'T1', false, 'sealed', '', 0.0, 7.0);
INSERT INTO preferences VALUES ('T1', 'U1', '', 'de', '', 'Be brief', false, 4.0, '', false);
INSERT INTO schema_versions VALUES (2, 1, '0.2.0');
