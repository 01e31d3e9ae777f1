SELECT u.id, u.email, u.name, u.credentials, u.role, u.state, u.zone, u.shortcuts,
    u.totp_since IS NOT NULL AS totp,
    CAST(to_json(CASE u.role
        WHEN 'manager' THEN ARRAY(SELECT d.id FROM desks d ORDER BY d.id)
        WHEN 'consultant' THEN ARRAY(SELECT m.desk_id FROM memberships m WHERE m.user_id = u.id ORDER BY m.desk_id)
        ELSE ARRAY[]::bigint[]
    END) AS text) AS desks
FROM users u
WHERE u.id = ? AND u.state = 'active'
