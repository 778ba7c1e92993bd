<?php
/**
 * The plugin's three tables: carts that a link can restore, signals that wait, known visitors.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * Made on activation and whenever their form changes; dropped on uninstall.
 */
class Tables {

	const VERSION = '1';
	const OPTION  = 'reprise_tables';

	/**
	 * Let $wpdb know them by name: $wpdb->reprise_carts and so on.
	 *
	 * @return void
	 */
	public static function name_them() {
		global $wpdb;
		foreach ( array_keys( self::columns() ) as $noun ) {
			$wpdb->{"reprise_$noun"} = $wpdb->prefix . 'reprise_' . $noun;
		}
	}

	/**
	 * Make them where they are not there yet.
	 *
	 * @return void
	 */
	public static function make() {
		global $wpdb;
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		$charset = $wpdb->get_charset_collate();
		foreach ( self::columns() as $noun => $columns ) {
			dbDelta( "CREATE TABLE {$wpdb->prefix}reprise_{$noun} (\n{$columns}\n) {$charset};" );
		}
		update_option( self::OPTION, self::VERSION, true );
	}

	/**
	 * Make them anew after an update that came without an activation.
	 *
	 * @return void
	 */
	public static function keep_up() {
		if ( self::VERSION !== get_option( self::OPTION ) ) {
			self::make();
		}
	}

	/**
	 * Drop all of them.
	 *
	 * @return void
	 */
	public static function drop() {
		global $wpdb;
		// phpcs:disable WordPress.DB.DirectDatabaseQuery -- our own tables.
		$wpdb->query( "DROP TABLE IF EXISTS {$wpdb->reprise_carts}, {$wpdb->reprise_signals}, {$wpdb->reprise_visitors}" );
		// phpcs:enable
		delete_option( self::OPTION );
	}

	/**
	 * Their columns, in the form that dbDelta reads.
	 *
	 * @return array<string, string>
	 */
	private static function columns() {
		return array(
			'carts'    => "token char(32) NOT NULL,
email varchar(254) NOT NULL DEFAULT '',
content longtext NOT NULL,
created_at datetime NOT NULL,
updated_at datetime NOT NULL,
PRIMARY KEY  (token),
KEY email (email(100)),
KEY updated_at (updated_at)",
			'signals'  => "id char(36) NOT NULL,
topic varchar(64) NOT NULL,
subject varchar(64) NOT NULL DEFAULT '',
body longtext NOT NULL,
tries int NOT NULL DEFAULT 0,
created_at datetime(6) NOT NULL,
due_at datetime NOT NULL,
PRIMARY KEY  (id),
KEY due_at (due_at),
KEY subject (subject)",
			'visitors' => "visitor char(32) NOT NULL,
email varchar(254) NOT NULL DEFAULT '',
customer_id bigint NOT NULL DEFAULT 0,
seen_at datetime NOT NULL,
counted int NOT NULL DEFAULT 0,
counted_from datetime NOT NULL,
PRIMARY KEY  (visitor),
KEY email (email(100)),
KEY seen_at (seen_at)",
		);
	}
}
