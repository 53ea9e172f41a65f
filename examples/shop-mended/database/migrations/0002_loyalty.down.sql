SET lock_timeout = '2s';
REVOKE SELECT, INSERT, UPDATE ON customers FROM shop_api;
ALTER TABLE customers DROP COLUMN card;
ALTER TABLE orders DROP COLUMN customer;
