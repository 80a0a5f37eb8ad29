-- 005: representations carry a checksum. Those written before have none and stay as they are until they are embedded again; only what
-- the table says of itself changes. An older Lurm would read the checksum as a component: the new number of the schema keeps it out.

PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(sql, '-- 4 bytes a component', '-- 4 bytes a component, then 1 and the CRC32C of all before it; from before schema 5: no more than the components')
WHERE type = 'table' AND name = 'representations';
PRAGMA writable_schema = RESET;
