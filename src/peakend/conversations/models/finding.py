"""The function that finds messages by their words, behind row-level security."""

from peakend.conversations.models.tables import message_table

# Row-level security does not let an operator that might leak rows (`@@` is one) use an index. So
# the search runs in a function of a role of its own, which nobody can log in as; the function
# keeps the tenant's wall and the visibility itself.
message_table.info["after"] = [
    "GRANT SELECT ON message, conversation TO peakend_search",
    "CREATE POLICY search ON message FOR SELECT TO peakend_search USING (true)",
    "CREATE POLICY search ON conversation FOR SELECT TO peakend_search USING (true)",
    """
CREATE FUNCTION found_messages(
    wanted tsquery, phrases text[], before uuid, take int, sees_all bool, me uuid,
    queues uuid[], brands uuid[]
) RETURNS TABLE (id uuid, conversation_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $body$
DECLARE
    found int := 0;
    more int;
    walked int := 0;
    oldest uuid := before;
BEGIN
    -- A common word is among the newest messages: they are read backwards, for as long as what
    -- was found so far promises to fill the page soon.
    LOOP
        RETURN QUERY
            SELECT m.id, m.conversation_id
            FROM (SELECT n.id, n.conversation_id, n.organisation_id, n.lexemes, n.text
                  FROM message n
                  WHERE n.organisation_id = current_organisation() AND n.id < oldest
                  ORDER BY n.id DESC LIMIT 2000) m
            WHERE m.lexemes @@ wanted
              AND NOT EXISTS (
                  SELECT 1 FROM unnest(phrases) AS phrase
                  WHERE strpos(lower(normalize(m.text, NFKC)), phrase) = 0)
              AND (sees_all OR EXISTS (
                  SELECT 1 FROM conversation c
                  WHERE c.organisation_id = m.organisation_id AND c.id = m.conversation_id
                    AND (c.agent_id = me OR c.queue_id = ANY(queues)
                         OR c.brand_id = ANY(brands))))
            ORDER BY m.id DESC
            LIMIT take - found;
        GET DIAGNOSTICS more = ROW_COUNT;
        found := found + more;
        walked := walked + 2000;
        IF found >= take THEN
            RETURN;
        END IF;
        SELECT n.id INTO oldest
        FROM message n
        WHERE n.organisation_id = current_organisation() AND n.id < oldest
        ORDER BY n.id DESC OFFSET 1999 LIMIT 1;
        IF oldest IS NULL THEN
            RETURN;
        END IF;
        EXIT WHEN found = 0 OR walked + (take - found) * walked / found > 14000;
    END LOOP;
    -- A rarer one is looked up. MATERIALIZED keeps the planner from walking the order instead;
    -- EXECUTE lets it plan for this very question.
    RETURN QUERY EXECUTE $query$
        WITH hit AS MATERIALIZED (
            SELECT m.id, m.conversation_id, m.organisation_id
            FROM message m
            WHERE m.organisation_id = current_organisation()
              AND m.lexemes @@ $1
              AND m.id < $3
              AND NOT EXISTS (
                  SELECT 1 FROM unnest($2) AS phrase
                  WHERE strpos(lower(normalize(m.text, NFKC)), phrase) = 0))
        SELECT h.id, h.conversation_id
        FROM (SELECT * FROM hit ORDER BY id DESC) h
        WHERE $5 OR EXISTS (
            SELECT 1 FROM conversation c
            WHERE c.organisation_id = h.organisation_id AND c.id = h.conversation_id
              AND (c.agent_id = $6 OR c.queue_id = ANY($7) OR c.brand_id = ANY($8)))
        ORDER BY h.id DESC
        LIMIT $4
    $query$ USING wanted, phrases, oldest, take - found, sees_all, me, queues, brands;
END
$body$
""",
    "GRANT CREATE ON SCHEMA public TO peakend_search",
    "ALTER FUNCTION found_messages OWNER TO peakend_search",
    "REVOKE CREATE ON SCHEMA public FROM peakend_search",
    "REVOKE ALL ON FUNCTION found_messages FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION found_messages TO peakend_app",
]
