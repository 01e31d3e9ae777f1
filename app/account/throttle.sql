-- Takes one turn under a key, counted as a failure until a success forgets it, and
-- says nothing when the key is still waiting. One statement, so that guesses made
-- at the same moment are counted one after the other.
INSERT INTO sign_in_failures AS f (key, failures, last_at, blocked_until)
VALUES (@key, 1, @now, to_timestamp(0))
ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN f.last_at <= @quiet THEN 1 ELSE f.failures + 1 END,
    last_at = excluded.last_at,
    -- A free turn blocks nobody, not even one whose clock was read a moment earlier.
    blocked_until = CASE
        WHEN f.last_at <= @quiet OR f.failures + 1 <= CAST(@free AS integer) THEN to_timestamp(0)
        ELSE excluded.last_at + make_interval(secs =>
            least(power(2, least(f.failures + 1 - CAST(@free AS integer), 20)), CAST(@most AS double precision)))
    END
WHERE f.blocked_until <= excluded.last_at
RETURNING f.failures
