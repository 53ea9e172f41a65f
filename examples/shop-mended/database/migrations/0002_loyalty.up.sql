SET lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN customer bigint REFERENCES customers;
ALTER TABLE customers ADD COLUMN card uuid;
ALTER TABLE customers ALTER COLUMN card SET DEFAULT gen_random_uuid();
GRANT SELECT, INSERT, UPDATE ON customers TO shop_api;
