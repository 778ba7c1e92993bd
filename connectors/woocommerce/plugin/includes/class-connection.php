<?php
/**
 * What connects this store with the app: its address, the store's key and their shared secret.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * Kept in one option that is not autoloaded, and shown to nobody.
 */
class Connection {

	const OPTION = 'reprise_connection';

	/**
	 * All of it.
	 *
	 * @return array{app_url: string, store_key: string, secret: string, privacy_url: string}
	 */
	public static function all() {
		$kept  = get_option( self::OPTION, array() );
		$blank = array(
			'app_url'     => '',
			'store_key'   => '',
			'secret'      => '',
			'privacy_url' => '',
		);
		return array_merge( $blank, is_array( $kept ) ? $kept : array() );
	}

	/**
	 * Keep what the app handed over.
	 *
	 * @param array $told Some of app_url, store_key, secret, privacy_url.
	 * @return void
	 */
	public static function keep( array $told ) {
		update_option( self::OPTION, array_merge( self::all(), $told ), false );
	}

	/**
	 * Forget the store's key and secret; the app's address stays, it is not a secret.
	 *
	 * @return void
	 */
	public static function forget() {
		update_option( self::OPTION, array( 'app_url' => self::all()['app_url'] ), false );
	}

	/**
	 * The app's address without a slash at its end; empty when nobody named it.
	 *
	 * @return string
	 */
	public static function app_url() {
		$named = self::is_app_fixed() ? REPRISE_APP_URL : self::all()['app_url'];
		return untrailingslashit( esc_url_raw( (string) $named, array( 'http', 'https' ) ) );
	}

	/**
	 * Does wp-config.php name the app? Then it is trusted, also when it runs on this very machine.
	 *
	 * @return bool
	 */
	public static function is_app_fixed() {
		return defined( 'REPRISE_APP_URL' ) && REPRISE_APP_URL;
	}

	/**
	 * The store's key with the app.
	 *
	 * @return string
	 */
	public static function store_key() {
		return (string) self::all()['store_key'];
	}

	/**
	 * The secret that signs.
	 *
	 * @return string
	 */
	public static function secret() {
		return (string) self::all()['secret'];
	}

	/**
	 * Is there everything that it takes to talk to the app?
	 *
	 * @return bool
	 */
	public static function is_made() {
		return '' !== self::app_url() && '' !== self::store_key() && '' !== self::secret();
	}
}
