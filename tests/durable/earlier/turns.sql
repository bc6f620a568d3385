-- As a database was left when it held turns and threads alone, on either kind.
CREATE TABLE threads (team VARCHAR NOT NULL, channel VARCHAR NOT NULL, thread_ts VARCHAR NOT NULL, PRIMARY KEY (team, channel, thread_ts));
CREATE TABLE turns (team VARCHAR NOT NULL, channel VARCHAR NOT NULL, ts VARCHAR NOT NULL, thread_ts VARCHAR NOT NULL, person VARCHAR NOT NULL, stage VARCHAR NOT NULL, replica VARCHAR NOT NULL, attempts INTEGER NOT NULL, ending VARCHAR, vanished VARCHAR NOT NULL, begun_at FLOAT NOT NULL, PRIMARY KEY (team, channel, ts));
CREATE INDEX ix_turns_begun_at ON turns (begun_at);
CREATE UNIQUE INDEX one_running_turn_a_thread ON turns (team, channel, thread_ts) WHERE stage IN ('thinking', 'writing');
INSERT INTO threads (team, channel, thread_ts) VALUES ('T1', 'C1', '1.0');
INSERT INTO turns (team, channel, ts, thread_ts, person, stage, replica, attempts, ending, vanished, begun_at)
    VALUES ('T1', 'C1', '2.0', '1.0', 'U1', 'over', 'a', 1, 'done', '', 2.0);
